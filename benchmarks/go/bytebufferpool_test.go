//go:build bytebufferpool

// A pool of byte buffers over sync.Pool that counts the lengths it is given back.

package pools

import (
	"testing"

	"github.com/valyala/bytebufferpool"
)

// One get and one put of a buffer that was filled.
func BenchmarkByteBufferPool(b *testing.B) {
	var pool bytebufferpool.Pool
	measure(b, func(int) func(int) {
		first := pool.Get()
		first.B = make([]byte, blockSize)
		pool.Put(first)
		return func(n int) {
			seen := 0
			for i := 0; i < n; i++ {
				buffer := pool.Get()
				buffer.B = buffer.B[:cap(buffer.B)]
				seen ^= len(buffer.B)
				pool.Put(buffer)
			}
			if seen < 0 {
				panic("never")
			}
		}
	})
}
