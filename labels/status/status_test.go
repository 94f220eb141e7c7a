package status_test

import (
	"bytes"
	"compress/zlib"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/assay-iot/assay/labels/cose"
	"github.com/assay-iot/assay/labels/labeltest"
	"github.com/assay-iot/assay/labels/status"
)

var signed = time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)

const signedDay = 20758

func fresh() status.New {
	return status.New{
		Address: "https://labels.acme.example/status/2026", Issuer: "labels.acme.example", Size: 131072,
		Signed: signed, Life: 7 * 24 * time.Hour, TTL: 24 * time.Hour,
	}
}

func mustSign(t testing.TB, n status.New) []byte {
	t.Helper()
	data, err := n.Sign(labeltest.Key())
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func mustVerify(t testing.TB, data []byte) *status.List {
	t.Helper()
	token, err := status.Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	l, err := token.Verify(labeltest.Key().Public())
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestRoundTrip(t *testing.T) {
	n := fresh()
	n.Changes = []status.Change{
		{Index: 0, Day: signedDay - 3, Value: status.Revoked},
		{Index: 131071, Day: signedDay - 2, Value: status.Superseded},
		{Index: 5, Day: signedDay - 1, Value: status.Suspended},
		{Index: 5, Day: signedDay, Value: status.Valid},
		{Index: 6, Day: signedDay, Value: status.Suspended},
	}
	data := mustSign(t, n)
	l := mustVerify(t, data)
	t.Logf("131072 entries, 5 changes: %d bytes", len(data))
	if l.Size != 131072 || l.Issuer != n.Issuer || l.Address != n.Address || !l.Signed.Equal(signed) || !l.End().Equal(signed.Add(24*time.Hour)) || len(l.Changes) != 5 {
		t.Errorf("%+v", l)
	}
	for index, want := range map[int]status.Value{0: 1, 1: 0, 4: 0, 5: 0, 6: 2, 7: 0, 131070: 0, 131071: 3} {
		got, err := l.Answer(status.Place{List: n.Address, Issuer: n.Issuer, Index: index}, "2026-11-01", signed.Add(time.Hour))
		if err != nil || got != want {
			t.Errorf("entry %d: %s, want %s (%v)", index, got, want, err)
		}
	}
}

// The worst that a list can weigh.
func TestLargest(t *testing.T) {
	n := fresh()
	n.Size = status.MaxEntries
	if l := mustVerify(t, mustSign(t, n)); l.Size != status.MaxEntries {
		t.Error(l.Size)
	}
	n.Size += 4
	if _, err := n.Sign(labeltest.Key()); err == nil {
		t.Error("a larger one is made")
	}
}

func pack(t *testing.T, content []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	if _, err := w.Write(content); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Lists that the issuer signed and that are yet none.
func TestClaims(t *testing.T) {
	type m = map[int]any
	iat := signed.Unix()
	lst := func(bits any, packed any) map[string]any { return map[string]any{"bits": bits, "lst": packed} }
	zeros := pack(t, make([]byte, 16))
	good := m{1: "a.example", 2: "https://a.example/s", 4: iat + 100, 6: iat, 65533: lst(2, zeros), 65534: 50}
	with := func(key int, v any) m {
		c := m{}
		for k, old := range good {
			c[k] = old
		}
		if c[key] = v; v == nil {
			delete(c, key)
		}
		return c
	}
	verify := func(typ string, payload any) error {
		data, err := cose.Marshal(payload)
		if err != nil {
			t.Fatal(err)
		}
		if data, err = cose.Sign(labeltest.Key(), typ, data); err != nil {
			t.Fatal(err)
		}
		token, err := status.Parse(data)
		if err != nil {
			return err
		}
		_, err = token.Verify(labeltest.Key().Public())
		return err
	}
	for name, c := range map[string]m{
		"as it is": good, "without ttl": with(65534, nil), "one bit": with(65533, lst(1, zeros)), "eight bits": with(65533, lst(8, zeros)),
		"a value of its own": with(65533, lst(8, zeros)), "changes that end where they began": with(-65538, [][]int{{3, 100, 2}, {3, 101, 0}}),
	} {
		if err := verify(status.Type, c); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	bomb := pack(t, make([]byte, 64<<20))
	for name, c := range map[string]m{
		"no address": with(2, nil), "an address over http": with(2, "http://a.example/s"), "no issuer": with(1, nil), "no end": with(4, nil), "no time": with(6, nil),
		"an end before its time": with(4, iat), "an end in 3000": with(4, 32503680000), "a time before 1970": with(6, -5), "a huge end": with(4, uint64(1)<<63),
		"a negative ttl": with(65534, -1), "a ttl of ages": with(65534, 1<<40), "three bits": with(65533, lst(3, zeros)), "no bits": with(65533, lst(0, zeros)),
		"no entries": with(65533, nil), "empty entries": with(65533, lst(2, pack(t, nil))), "entries not packed": with(65533, lst(2, make([]byte, 16))),
		"packed and cut": with(65533, lst(2, zeros[:len(zeros)-1])), "bytes behind": with(65533, lst(2, append(bytes.Clone(zeros), 0))),
		"a bomb": with(65533, lst(2, bomb)), "entries as text": with(65533, lst(2, "abc")), "an aggregation": with(65533, map[string]any{"bits": 2, "lst": zeros, "aggregation_uri": "https://a.example"}),
		"an entry without a change": with(65533, lst(2, pack(t, []byte{1}))), "a change without an entry": with(-65538, [][]int{{3, 100, 1}}),
		"a change outside": with(-65538, [][]int{{64, 100, 0}}), "changes out of order": with(-65538, [][]int{{3, 101, 1}, {3, 100, 0}}),
		"a change in the future": with(-65538, [][]int{{3, 30000, 1}, {3, 30000, 0}}), "a change of two": with(-65538, [][]int{{3, 100}}),
		"a value that does not fit": with(-65538, [][]int{{3, 100, 4}, {3, 100, 0}}), "a negative change": with(-65538, [][]int{{-1, 100, 0}}),
		"an unknown claim": with(9, 1), "no map": nil,
	} {
		if err := verify(status.Type, c); !errors.Is(err, status.ErrNotList) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, typ := range []string{"", "application/cwt", "statuslist+cwt", "application/statuslist+jwt"} {
		if err := verify(typ, good); !errors.Is(err, status.ErrNotList) {
			t.Errorf("type %q: %v", typ, err)
		}
	}
	if _, err := status.Parse(make([]byte, status.MaxToken+1)); !errors.Is(err, status.ErrNotList) {
		t.Error(err)
	}
}

func TestOtherKey(t *testing.T) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	token, err := status.Parse(mustSign(t, fresh()))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := token.Verify(key.Public()); !errors.Is(err, cose.ErrSignature) {
		t.Error(err)
	}
}

func TestValues(t *testing.T) {
	for v := status.Valid; v <= status.Superseded; v++ {
		var back status.Value
		text, _ := v.MarshalText()
		if err := back.UnmarshalText(text); err != nil || back != v {
			t.Errorf("%s: %v", v, err)
		}
	}
	if err := new(status.Value).UnmarshalText([]byte("fine")); err == nil || !strings.Contains(status.Value(9).String(), "unknown") {
		t.Error(err)
	}
}

func FuzzList(f *testing.F) {
	n := fresh()
	n.Size = 64
	n.Changes = []status.Change{{Index: 3, Day: 100, Value: 1}}
	data := mustSign(f, n)
	m, err := cose.Parse(data)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data, m.Payload)
	f.Fuzz(func(t *testing.T, in, payload []byte) {
		if _, err := status.Parse(in); err != nil && !errors.Is(err, status.ErrNotList) {
			t.Fatal(err)
		}
		signed, err := cose.Sign(labeltest.Key(), status.Type, payload) // as if the issuer had signed it
		if err != nil {
			t.Fatal(err)
		}
		token, err := status.Parse(signed)
		if err != nil {
			return
		}
		if l, err := token.Verify(labeltest.Key().Public()); err == nil {
			_, _ = l.Answer(status.Place{List: l.Address, Issuer: l.Issuer, Index: l.Size - 1}, "2026-11-01", l.Signed)
		}
	})
}

func BenchmarkVerify(b *testing.B) {
	data := mustSign(b, fresh())
	for b.Loop() {
		mustVerify(b, data)
	}
}
