// Goroutines that are measured together, as ../lib/crew.js measures threads: one for each P, let go at one moment, each timed
// from there to its end. What is reported as ns/op is the mean of their nanoseconds for each of the b.N: what an operation costs
// the thread that does it. (RunParallel divides by the number of threads, and its own counting is a part of the loop.)

package pools

import (
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// How often a goroutine looks at the barrier before it lets others run.
const looks = 1000

type barrier struct {
	arrived int32
	parties int32
}

func (b *barrier) wait() {
	atomic.AddInt32(&b.arrived, 1)
	for i := 0; atomic.LoadInt32(&b.arrived) < b.parties; i++ {
		if i >= looks {
			runtime.Gosched()
		}
	}
}

// A goroutine's part, which makes ready before the barrier; the function it gives runs behind it, n times whatever it does.
type part func(index int) func(n int)

func measure(b *testing.B, make part) {
	threads := runtime.GOMAXPROCS(0)
	gate := barrier{parties: int32(threads)}
	var ended sync.WaitGroup
	var total int64
	for index := 0; index < threads; index++ {
		ended.Add(1)
		go func(index int) {
			defer ended.Done()
			work := make(index)
			gate.wait()
			start := time.Now()
			work(b.N)
			atomic.AddInt64(&total, int64(time.Since(start)))
		}(index)
	}
	ended.Wait()
	b.ReportMetric(float64(total)/float64(threads)/float64(b.N), "ns/op")
}
