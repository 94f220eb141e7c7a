package signature_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks"
	"github.com/assay-iot/assay/checks/facts"
	"github.com/assay-iot/assay/checks/facts/signing"
	"github.com/assay-iot/assay/checks/signature"
	"github.com/assay-iot/assay/checks/updates"
	"github.com/assay-iot/assay/firmware"
	"github.com/assay-iot/assay/firmware/firmwaretest"
	"github.com/assay-iot/assay/firmware/firmwaretest/signed"
)

var (
	day   = time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)
	since = day.AddDate(0, -1, 0)
)

// judged is what is said of one image.
type judged struct {
	result     assay.Result
	places     map[string]int64 // where containers begin, by path
	signatures []signing.Signature
	outcomes   []signature.Outcome
}

// judge opens an image and judges it with keys, as the program does.
func judge(t *testing.T, image []byte, keys []signature.Key) judged {
	t.Helper()
	needs := checks.Needs(updates.ImageSignature.Needs...)
	o, err := facts.Observe(t.Context(), firmware.Bytes("image.bin", image), firmware.Options{}, needs...)
	if err != nil {
		t.Fatal(err)
	}
	j := judged{places: map[string]int64{}}
	for _, c := range o.Image.Containers {
		j.places[c.Path] = c.Offset
	}
	subject := checks.Subject{Images: []checks.Part{{Observation: o}}, AsOf: day, Keys: keys}
	j.result = checks.Assess(t.Context(), subject, []*checks.Check{updates.ImageSignature})[0]
	if j.signatures, err = signing.Signatures.Of(o.For("test", needs)); err != nil {
		t.Fatal(err)
	}
	for _, s := range j.signatures {
		j.outcomes = append(j.outcomes, signature.Verify(s.Signature, keys, day))
	}
	return j
}

// valid reports whether every signature is.
func (j judged) valid() bool {
	for _, o := range j.outcomes {
		if o.Verdict != signature.Valid {
			return false
		}
	}
	return len(j.outcomes) > 0
}

// said is the verdict with its reason or its gravest finding.
func (j judged) said() string {
	r := j.result
	if r.Verdict == assay.Fail {
		return r.Verdict.String() + ": " + r.Findings[0].Message
	}
	return strings.TrimSuffix(r.Verdict.String()+": "+r.Reason, ": ")
}

// declared are the keys that a maker publishes.
func declared(t *testing.T, k signed.Kind, m *signed.Maker) []signature.Key {
	t.Helper()
	keys, err := signature.ParseKeys("maker", m.Public(k.Certified))
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

// TestContainers has a container of every kind of signature: good, changed in each
// run that the signature covers, of another maker, out of time, cut, and stripped.
func TestContainers(t *testing.T) {
	for _, k := range signed.Kinds() {
		t.Run(k.Name, func(t *testing.T) {
			c := container{t, k, k.Key.Maker(0, since), nil}
			c.good = k.Build(c.maker)
			c.isGood()
			c.isTampered()
			c.hasWrongKey()
			c.isExpired()
			c.isTruncated()
			c.isStripped()
			c.hasMore()
		})
	}
}

// container is one of a kind, with its maker.
type container struct {
	*testing.T
	kind  signed.Kind
	maker *signed.Maker
	good  []byte
}

// want compares a verdict, and logs what a table of all of them shows.
func (c container) want(name string, j judged, want ...assay.Verdict) {
	c.Helper()
	c.Logf("%-10s %s", name, j.said())
	for _, v := range want {
		if j.result.Verdict == v {
			return
		}
	}
	c.Errorf("%s: %s, want %v\n%+v", name, j.said(), want, j.result.Findings)
}

func (c container) isGood() {
	j := judge(c.T, c.good, declared(c.T, c.kind, c.maker))
	want := assay.Pass
	if c.kind.Unjudged+c.kind.Unsealed != "" {
		want = assay.Inconclusive
	}
	c.want("good", j, want)
	if len(j.signatures) == 0 || j.valid() != (c.kind.Unjudged == "") {
		c.Errorf("good: %+v", j.outcomes)
	}
}

// isTampered changes each run of bytes that a signature covers, itself or by a
// hash: at its begin, in its middle and at its end.
func (c container) isTampered() {
	keys := declared(c.T, c.kind, c.maker)
	good := judge(c.T, c.good, keys)
	n := 0
	for i, s := range good.signatures {
		if s.Type == "detached" {
			continue // of a member: where that lies, the container's own signature says
		}
		for _, span := range s.Covers {
			for _, at := range []int64{0, span.Length / 2, span.Length - 1} {
				j := judge(c.T, c.changed(good, s, span, at), keys)
				c.caught("tampered", s, span, at, j)
				if i < len(j.outcomes) && len(j.outcomes) == len(good.outcomes) && j.outcomes[i].Verdict == signature.Valid {
					c.Errorf("tampered at %+v + %d: the signature over it is valid", span, at)
				}
				n++
			}
		}
		for _, span := range s.Through {
			for _, at := range []int64{0, span.Length / 2, span.Length - 1} {
				c.caught("tampered", s, span, at, judge(c.T, c.changed(good, s, span, at), keys))
				n++
			}
		}
	}
	c.Logf("%-10s at %d places: none passes", "tampered", n)
}

// changed is the good container with another byte.
func (c container) changed(good judged, s signing.Signature, span firmware.Span, at int64) []byte {
	if c.kind.Change != nil {
		return c.kind.Change(c.good, span, at)
	}
	bad := bytes.Clone(c.good)
	bad[good.places[s.Container]+span.Offset+at] ^= 1
	return bad
}

func (c container) caught(name string, s signing.Signature, span firmware.Span, at int64, j judged) {
	c.Helper()
	if j.result.Verdict == assay.Pass || len(j.signatures) > 0 && j.result.Verdict != assay.Fail && len(j.result.Findings)+len(c.kind.Unjudged) == 0 {
		c.Errorf("%s at %+v + %d of %s: %s", name, span, at, s.Location, j.said())
	}
}

func (c container) hasWrongKey() {
	j := judge(c.T, c.good, declared(c.T, c.kind, c.kind.Key.Maker(1, since)))
	if c.kind.Unjudged != "" {
		c.want("wrong key", j, assay.Inconclusive)
		return
	}
	c.want("wrong key", j, assay.Fail)
	j = judge(c.T, c.good, nil)
	c.want("no key", j, assay.Inconclusive)
}

// isExpired is signed by a key that may no longer be used: by its certificate, or
// as it is declared.
func (c container) isExpired() {
	old := c.kind.Key.Maker(0, day.AddDate(-3, 0, 0))
	keys := declared(c.T, c.kind, old)
	image := c.good
	if c.kind.Certified {
		image = c.kind.Build(old)
	} else {
		keys[0].Until = day.AddDate(0, 0, -1)
	}
	j := judge(c.T, image, keys)
	if c.kind.Unjudged != "" {
		c.want("expired", j, assay.Inconclusive)
		return
	}
	c.want("expired", j, assay.Fail)
	for _, o := range j.outcomes {
		if !strings.Contains(o.Reason, "expired") && !strings.Contains(o.Reason, "until") {
			c.Errorf("expired: %s", o.Reason)
		}
	}
}

// isTruncated cuts it at many places: behind the first byte of the signature,
// inside of it, at its end, and in between.
func (c container) isTruncated() {
	keys := declared(c.T, c.kind, c.maker)
	good := judge(c.T, c.good, keys)
	size := int64(len(c.good))
	cuts := []int64{size - 1, size - 9, size / 2, size / 4}
	for _, s := range good.signatures {
		at := good.places[s.Container] + s.Location.Offset
		cuts = append(cuts, at, at+1, at+s.Location.Length/2, at+s.Location.Length-1)
	}
	for _, cut := range cuts {
		if cut <= 0 || cut >= size || c.onlyPadding(cut) {
			continue
		}
		j := judge(c.T, c.good[:cut], keys)
		if j.result.Verdict == assay.Pass {
			c.Errorf("cut to %d of %d bytes: %s", cut, size, j.said())
		}
	}
	c.want("truncated", judge(c.T, c.good[:size*2/3], keys), assay.Fail, assay.Inconclusive)
}

// onlyPadding reports whether nothing but padding would be cut off.
func (c container) onlyPadding(cut int64) bool {
	rest := c.good[cut:]
	return len(bytes.Trim(rest, "\xff")) == 0 || len(bytes.Trim(rest, "\x00")) == 0
}

func (c container) isStripped() {
	j := judge(c.T, c.kind.Build(nil), declared(c.T, c.kind, c.maker))
	c.want("stripped", j, assay.Fail, assay.Inconclusive)
	if j.valid() {
		c.Errorf("stripped: %+v", j.outcomes)
	}
}

// hasMore stands beside something that nobody signed.
func (c container) hasMore() {
	keys := declared(c.T, c.kind, c.maker)
	code := firmwaretest.Kernel("", 40_000)
	behind := slices.Concat(c.good, make([]byte, -len(c.good)&0xfff), code)
	front := slices.Concat(code, make([]byte, -len(code)&0xfff), c.good)
	for name, image := range map[string][]byte{"more behind": behind, "more in front": front} {
		j := judge(c.T, image, keys)
		c.want(name, j, assay.Fail, assay.Inconclusive)
	}
}

// elsewhere are readers whose kinds of signatures other tests go through.
var elsewhere = map[string]string{
	"ar": "OpenPGP", "rpm": "OpenPGP", "ostree": "OpenPGP and Ed25519, of commits", "detached": "what stands beside an image",
}

// TestEveryReader has a row for every reader that gives signatures.
func TestEveryReader(t *testing.T) {
	rows := map[string]bool{}
	for _, k := range signed.Kinds() {
		rows[k.Reader] = true
	}
	files, err := filepath.Glob("../../firmware/*/*.go")
	if err != nil || len(files) == 0 {
		t.Fatal(err, len(files))
	}
	for _, file := range files {
		reader := filepath.Base(filepath.Dir(file))
		if reader == "format" || strings.HasSuffix(file, "_test.go") || rows[reader] || elsewhere[reader] != "" {
			continue
		}
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(source, []byte("format.Signature{")) || bytes.Contains(source, []byte(".Signatures = append(")) {
			t.Errorf("%s gives signatures, and package signed builds no container of the reader %s", file, reader)
		}
	}
	for reader := range rows {
		if _, err := os.Stat(filepath.Join("../../firmware", reader)); err != nil {
			t.Error(fmt.Errorf("a row of no reader: %w", err))
		}
	}
}
