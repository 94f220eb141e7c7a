package page_test

import (
	"testing"
	"time"

	"github.com/assay-iot/assay/labels/labeltest"
	"github.com/assay-iot/assay/labels/page"
	"github.com/assay-iot/assay/labels/status"
)

// What a list has said of a label is remembered: one that has lost a change is not
// believed, whenever it was signed.
func TestLostChange(t *testing.T) {
	key := newECDSA(t)
	text, day := code(t, key, statement(t)), int(now.Unix()/86400)-5
	known, err := trust(key).Script()
	if err != nil {
		t.Fatal(err)
	}
	sign := func(later time.Duration, values ...status.Value) []byte {
		return signList(t, key, func(n *status.New) {
			n.Signed = n.Signed.Add(later)
			n.Changes = []status.Change{{Index: 12, Day: day, Value: status.Suspended}}
			for i, v := range values {
				n.Changes = append(n.Changes, status.Change{Index: 4711, Day: day + i, Value: v})
			}
		})
	}
	type ask struct {
		Name, Text, Want string
		List             []byte
	}
	suspended := []status.Value{status.Suspended}
	var asks []ask
	for _, a := range []struct {
		name, want string
		later      time.Duration
		values     []status.Value
	}{
		{"nothing yet", "valid", 0, nil},
		{"suspended, in the same second", "suspended", 0, suspended},
		{"that is lost, in the same second", "fresh", 0, nil},
		{"and a second later", "fresh", time.Second, nil},
		{"an hour later", "fresh", time.Hour, []status.Value{status.Superseded}},
		{"it is lost still", "fresh", time.Hour, []status.Value{status.Superseded}},
		{"the good list again", "suspended", 2 * time.Hour, suspended},
		{"it holds again", "valid", 3 * time.Hour, []status.Value{status.Suspended, status.Valid}},
		{"the end of the suspension is lost", "fresh", 4 * time.Hour, suspended},
		{"revoked", "revoked", 5 * time.Hour, []status.Value{status.Suspended, status.Valid, status.Revoked}},
		{"all is lost", "revoked", 6 * time.Hour, nil},
	} {
		asks = append(asks, ask{a.name, text, a.want, sign(a.later, a.values...)})
	}
	var states []string
	labeltest.Node(t, string(page.Verifier()), `async ask => {
		globalThis.memory ??= new Map();
		const seen = (name, time) => { const before = memory.get(name) || 0; if (time > before) memory.set(name, time); return before; };
		return (await judge(ask.Text, `+known+`, 1795435200 + 86400, async () => fromBase64(ask.List), seen)).state;
	}`, asks, &states)
	for i, a := range asks {
		if states[i] != a.Want {
			t.Errorf("%s: %s, want %s", a.Name, states[i], a.Want)
		}
	}
}
