// Two Ps between which items travel only by stealing, as ../lib/steals.js has it.

package pools

import (
	"runtime"
	"runtime/debug"
	"sort"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

const (
	stolen = 512
	ring   = 512
)

// How often a goroutine looks for the other before it sleeps, as where there is no core for each.
const flowLooks = 10000

// By turns: each P steals all that the other has in its queue, one get after the other, and then puts it, for the other to steal. A put
// leaves one item where only its own P finds it: it is taken out before the clock starts. The median turn counts. Each P is kept by a
// thread that never rests, and there is no collection, which would move the items.
func BenchmarkStaged(b *testing.B) {
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	var pool sync.Pool
	var turn int32
	var missed int64
	var medians [2]time.Duration
	var ended sync.WaitGroup
	rounds := (b.N + stolen - 1) / stolen
	for index := int32(0); index < 2; index++ {
		ended.Add(1)
		go func(index int32) {
			defer ended.Done()
			runtime.LockOSThread()
			held := buffers(stolen, 0)
			pool.Put(buffers(1, 0)[0])
			mine := 2 - index
			if index == 0 {
				for _, item := range held {
					pool.Put(item)
				}
				atomic.StoreInt32(&turn, 1)
			}
			turns := make([]time.Duration, 0, rounds)
			for round := 0; round < rounds; round++ {
				for atomic.LoadInt32(&turn) != mine {
				}
				kept := pool.Get()
				start := time.Now()
				for i := range held {
					held[i], _ = pool.Get().(*[]byte)
				}
				turns = append(turns, time.Since(start))
				pool.Put(kept)
				for _, item := range held {
					if item == nil {
						atomic.AddInt64(&missed, 1)
						item = new([]byte)
					}
					pool.Put(item)
				}
				atomic.StoreInt32(&turn, mine+1)
				mine += 2
			}
			sort.Slice(turns, func(i, j int) bool { return turns[i] < turns[j] })
			medians[index] = turns[len(turns)/2]
		}(index)
	}
	ended.Wait()
	b.ReportMetric(float64(medians[0]+medians[1])/(2*stolen), "ns/op")
	b.ReportMetric(float64(missed), "missed")
}

func rest(looks int) {
	if looks >= flowLooks {
		time.Sleep(50 * time.Microsecond)
	}
}

// One P only gets, and sends each item to the other, which only puts.
func BenchmarkFlow(b *testing.B) {
	var pool sync.Pool
	var slots [ring]*[]byte
	// A line each.
	var words [32]int64
	sent, taken := &words[0], &words[16]
	measure(b, func(index int) func(int) {
		if index == 0 {
			return func(n int) {
				for next := int64(0); next < int64(n); next++ {
					for i := 0; next-atomic.LoadInt64(taken) >= ring; i++ {
						rest(i)
					}
					item, ok := pool.Get().(*[]byte)
					if !ok {
						item = new([]byte)
					}
					slots[next%ring] = item
					atomic.StoreInt64(sent, next+1)
				}
			}
		}
		return func(n int) {
			for next := int64(0); next < int64(n); next++ {
				for i := 0; atomic.LoadInt64(sent) == next; i++ {
					rest(i)
				}
				pool.Put(slots[next%ring])
				atomic.StoreInt64(taken, next+1)
			}
		}
	})
}
