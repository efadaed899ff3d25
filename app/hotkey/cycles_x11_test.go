//go:build linux

package hotkey

import (
	"os"
	"runtime"
	"syscall"
	"testing"
	"time"

	"github.com/jezek/xgb/res"
	"github.com/jezek/xgb/xproto"
)

// cycles is how often the test of leaks presses each kind of key; the long run
// is for a quiet machine.
func cycles() int {
	if os.Getenv("ASIDE_LONG") != "" {
		return 1000
	}
	return 200
}

// kept is what must not grow.
type kept struct{ goroutines, descriptors, grabs int }

// beyond reports whether there is more of anything than before. Less may be
// what an earlier test has let go of late.
func (k kept) beyond(before kept) bool {
	return k.goroutines > before.goroutines || k.descriptors > before.descriptors || k.grabs > before.grabs
}

// take counts until two counts in a row agree: what ends, ends a little later.
func (f fingers) kept() (k kept) {
	f.tb.Helper()
	for before := (kept{-1, -1, -1}); before != k; time.Sleep(20 * time.Millisecond) {
		before = k
		open, err := os.ReadDir("/proc/self/fd")
		if err != nil {
			f.tb.Fatal(err)
		}
		k = kept{runtime.NumGoroutine(), len(open), f.grabs()}
	}
	return k
}

// grabs counts the passive grabs that the server keeps, of all clients.
func (f fingers) grabs() (n int) {
	f.tb.Helper()
	clients, err := res.QueryClients(f.conn).Reply()
	if err != nil {
		f.tb.Fatal(err)
	}
	for _, c := range clients.Clients {
		reply, err := res.QueryClientResources(f.conn, c.ResourceBase).Reply()
		if err != nil {
			f.tb.Fatal(err)
		}
		for _, kind := range reply.Types {
			if name, err := xproto.GetAtomName(f.conn, kind.ResourceType).Reply(); err == nil && name.Name == "PASSIVE GRAB" {
				n += int(kind.Count)
			}
		}
	}
	return n
}

func TestPressesAndReleasesLeaveNothingBehind(t *testing.T) {
	display(t, "")
	f := newFingers(t)
	if err := res.Init(f.conn); err != nil {
		t.Fatal(err)
	}
	empty := f.kept()
	h := open(t, []Binding{{"grab", combo(t, "F9")}, {"lone", combo(t, "RightCtrl")}, {"mouse", combo(t, "Mouse8")}})
	before := f.kept()
	if before.grabs == empty.grabs {
		t.Fatalf("%d grabs with a hook, as without", before.grabs)
	}
	for range cycles() {
		for id, key := range map[string]trigger{"grab": f.code(0xffc6), "lone": f.code(0xffe4), "mouse": {true, 8}} {
			f.press(key)
			if id != "lone" { // of which nothing is said yet
				expect(t, h, id+" down")
			}
			f.release(key)
			if id == "lone" {
				expect(t, h, id+" down")
			}
			expect(t, h, id+" up")
		}
	}
	for range 3 { // and with another hook in between
		if err := h.Rebind(t.Context(), both(t)); err != nil {
			t.Fatal(err)
		}
		if err := h.Rebind(t.Context(), []Binding{{"grab", combo(t, "F9")}, {"lone", combo(t, "RightCtrl")}, {"mouse", combo(t, "Mouse8")}}); err != nil {
			t.Fatal(err)
		}
	}
	if after := f.kept(); after.beyond(before) {
		t.Errorf("after %d cycles %+v, before them %+v", cycles(), after, before)
	}
	h.Close()
	if after := f.kept(); after.beyond(empty) {
		t.Errorf("after closing %+v, before opening %+v", after, empty)
	}
}

// The time from a key to its Down, of a tap of the right Ctrl key to its pair.
func BenchmarkKeyToDown(b *testing.B) {
	display(b, "")
	f := newFingers(b)
	for name, key := range map[string]trigger{"F9": f.code(0xffc6), "RightCtrl": f.code(0xffe4), "Mouse8": {true, 8}} {
		b.Run(name, func(b *testing.B) {
			c, err := Parse(name)
			if err != nil {
				b.Fatal(err)
			}
			h, err := Open(b.Context(), []Binding{{"talk", c}})
			if err != nil {
				b.Fatal(err)
			}
			defer h.Close()
			first, second := f.press, f.release
			var total time.Duration
			for b.Loop() {
				if c.lone() { // a tap waits for its release
					f.press(key)
					first, second = f.release, func(trigger) {}
				}
				began := time.Now()
				first(key)
				<-h.Events()
				total += time.Since(began)
				second(key)
				<-h.Events()
			}
			b.ReportMetric(float64(total.Microseconds())/float64(b.N), "µs/report")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// What a key costs us that is typed into another program.
func BenchmarkAKeyTypedElsewhere(b *testing.B) {
	display(b, "")
	f := newFingers(b)
	for _, name := range []string{"nothing", "F9", "RightCtrl"} {
		b.Run(name, func(b *testing.B) {
			if c, err := Parse(name); err == nil {
				h, err := Open(b.Context(), []Binding{{"talk", c}})
				if err != nil {
					b.Fatal(err)
				}
				defer h.Close()
			}
			before := processor(b)
			for b.Loop() {
				f.tap(f.code('x'))
			}
			b.ReportMetric(float64((processor(b)-before).Microseconds())/float64(b.N), "cpu-µs/key")
		})
	}
}

// processor returns the processor time that this process has used.
func processor(tb testing.TB) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		tb.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
