package audio

import (
	"math/bits"
	"sync/atomic"
)

// Ring carries samples from one goroutine or audio callback to another
// without locks and without allocating. One side writes, one side reads.
type Ring struct {
	buf      []int16       // a power of two long
	written  atomic.Uint64 // samples ever written; only the writer moves it
	read     atomic.Uint64 // samples ever read; only the reader moves it
	overruns atomic.Uint64
}

// NewRing returns a ring that holds at least n samples.
func NewRing(n int) *Ring {
	return &Ring{buf: make([]int16, 1<<bits.Len(uint(max(n, 2)-1)))}
}

// Write stores samples and returns how many there was room for; the rest is
// lost and counted. Only the writing side calls it.
func (r *Ring) Write(samples []int16) int {
	w := r.written.Load()
	room := len(r.buf) - int(w-r.read.Load())
	n := min(room, len(samples))
	at := int(w) & (len(r.buf) - 1)
	k := copy(r.buf[at:], samples[:n])
	copy(r.buf, samples[k:n])
	r.written.Store(w + uint64(n))
	if lost := len(samples) - n; lost > 0 {
		r.overruns.Add(uint64(lost))
	}
	return n
}

// Read fills samples as far as it can and returns how many it filled. What has
// been read is wiped from the ring. Only the reading side calls it.
func (r *Ring) Read(samples []int16) int {
	pos := r.read.Load()
	n := min(int(r.written.Load()-pos), len(samples))
	first, second := r.span(pos, n)
	copy(samples[copy(samples, first):n], second)
	clear(first)
	clear(second)
	r.read.Store(pos + uint64(n))
	return n
}

// Keep wipes all but the newest n samples that wait to be read. Only the
// reading side calls it.
func (r *Ring) Keep(n int) {
	pos := r.read.Load()
	gone := max(0, int(r.written.Load()-pos)-n)
	first, second := r.span(pos, gone)
	clear(first)
	clear(second)
	r.read.Store(pos + uint64(gone))
}

// span returns the n samples from pos on, which may wrap around.
func (r *Ring) span(pos uint64, n int) (first, second []int16) {
	at := int(pos) & (len(r.buf) - 1)
	k := min(n, len(r.buf)-at)
	return r.buf[at : at+k], r.buf[:n-k]
}

// Len returns how many samples wait to be read. Either side may call it.
func (r *Ring) Len() int {
	read := r.read.Load() // first: the other way round it could pass written
	return int(r.written.Load() - read)
}

// Overruns returns how many samples were lost for want of room. Anyone may
// call it.
func (r *Ring) Overruns() uint64 { return r.overruns.Load() }
