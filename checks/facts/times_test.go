package facts

import (
	"testing"
	"time"

	"github.com/assay-iot/assay/firmware"
)

// What a fact waits for is not its own time.
func TestTimes(t *testing.T) {
	const slow = 40 * time.Millisecond
	inner := &Fact[int]{Name: "inner", Doc: "Takes long.", Observe: func(*Observer) (int, error) { time.Sleep(slow); return 1, nil }}
	outer := &Fact[int]{Name: "outer", Doc: "Asks.", Needs: []Node{inner}, Observe: func(o *Observer) (int, error) { return inner.Of(o) }}
	o := NewObservation()
	asker := o.For("check a/b", []Node{outer})
	began := time.Now()
	if _, err := outer.Of(asker); err != nil {
		t.Fatal(err)
	}
	asker.Spend("a/b", began)
	all := Times(o, nil)
	if len(all) != 3 || all[0].Name != "inner" || all[0].Time < slow {
		t.Fatalf("%v", all)
	}
	for _, other := range all[1:] {
		if other.Time >= slow/2 {
			t.Errorf("%s has the time of another: %v", other.Name, other.Time)
		}
	}
}

// Scans are timed for who wants to see it.
func TestWithTimes(t *testing.T) {
	scan := &Scan[int]{Name: "slow-scan", Doc: "Takes long.", See: func(*firmware.File, []byte) []int { time.Sleep(time.Millisecond); return nil }}
	for _, timed := range []bool{false, true} {
		ctx := t.Context()
		if timed {
			ctx = WithTimes(ctx)
		}
		o, err := Observe(ctx, firmware.Bytes("text", []byte("hello\n")), firmware.Options{}, scan)
		if err != nil {
			t.Fatal(err)
		}
		all := Times(o)
		if len(all) != 1 || all[0].Name != scan.Name || (all[0].Time >= time.Millisecond) != timed {
			t.Errorf("timed %v: %v", timed, all)
		}
	}
}
