// What threads do with Go's sync.Pool: the shapes of its own benchmarks (sync/pool_test.go), as ../lib/shapes.js has them. Own code.
// The pools hold pointers to buffers that were made before, so no figure here contains an allocation, and none a collection but
// BenchmarkExpensiveNew's, whose subject they are.

package pools

import (
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

const (
	blockSize = 64 << 10
	atOnce    = 100
	starved   = 67
	garbage   = 32 << 10
)

// Slices of no bytes for the shapes in which only the pointer matters: so many of 64 KiB would only be memory to zero.
func buffers(count, size int) []*[]byte {
	items := make([]*[]byte, count)
	for i := range items {
		item := make([]byte, size)
		items[i] = &item
	}
	return items
}

// One put and one get, in Go's order: an item at rest could be taken by another thread.
func BenchmarkPool(b *testing.B) {
	var pool sync.Pool
	measure(b, func(int) func(int) {
		own := buffers(1, blockSize)[0]
		return func(n int) {
			seen := 0
			for i := 0; i < n; i++ {
				pool.Put(own)
				// It gives nothing when the collector came in between, which no loop here gives cause to.
				if item, ok := pool.Get().(*[]byte); ok {
					seen ^= len(*item)
				}
			}
			if seen < 0 {
				panic("never")
			}
		}
	})
}

// A hundred puts, then a hundred gets.
func BenchmarkOverflow(b *testing.B) {
	var pool sync.Pool
	measure(b, func(int) func(int) {
		held := buffers(atOnce, 0)
		return func(n int) {
			for round := 0; round < n; round++ {
				for _, item := range held {
					pool.Put(item)
				}
				for i := range held {
					held[i], _ = pool.Get().(*[]byte)
				}
			}
		}
	})
}

// 67 puts, then 100 gets, a third of which gives nothing.
func BenchmarkStarvation(b *testing.B) {
	var pool sync.Pool
	measure(b, func(int) func(int) {
		items := buffers(starved, 0)
		held := make([]*[]byte, atOnce)
		return func(n int) {
			for round := 0; round < n; round++ {
				for _, item := range items {
					pool.Put(item)
				}
				for i := range held {
					held[i], _ = pool.Get().(*[]byte)
				}
			}
		}
	})
}

// A hundred gets with garbage made in between, then a hundred puts. A new item takes a millisecond.
func BenchmarkExpensiveNew(b *testing.B) {
	ballast := make([]byte, 8<<20)
	var made int64
	pool := sync.Pool{New: func() any {
		atomic.AddInt64(&made, 1)
		time.Sleep(time.Millisecond)
		item := make([]byte, 0)
		return &item
	}}
	var before, after runtime.MemStats
	started := time.Now()
	measure(b, func(index int) func(int) {
		held := make([]any, atOnce)
		var sink []byte
		work := func(n int) {
			for round := 0; round < n; round++ {
				for i := range held {
					held[i] = pool.Get()
					sink = make([]byte, garbage)
				}
				for _, item := range held {
					pool.Put(item)
				}
			}
			runtime.KeepAlive(sink)
		}
		// The first items are not measured: every pool has to make them.
		work(1)
		if index == 0 {
			runtime.ReadMemStats(&before)
			started = time.Now()
			atomic.StoreInt64(&made, 0)
		}
		return work
	})
	runtime.ReadMemStats(&after)
	runtime.KeepAlive(ballast)
	b.ReportMetric(float64(atomic.LoadInt64(&made)), "new")
	// Milliseconds from one to the next.
	b.ReportMetric(time.Since(started).Seconds()*1000/float64(1+after.NumGC-before.NumGC), "collecting-ms")
}
