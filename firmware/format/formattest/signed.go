package formattest

import (
	"bytes"
	"context"
	"slices"
	"testing"

	"github.com/assay-iot/assay/firmware/format"
)

// Signed checks that the signatures of a container cover what they say: a changed
// byte in each covered run changes the digest or the message, one in a run that a
// hash list covers is no longer covered, and one in a run that is left out changes
// nothing. It gives the signatures.
func Signed(t *testing.T, f *format.Format, data []byte) []format.Signature {
	t.Helper()
	o := mustOpen(t, f, data)
	if len(o.Signatures) == 0 {
		t.Fatalf("%s: no signature", f.Name)
	}
	for _, h := range o.Hashes {
		if !h.OK {
			t.Errorf("%s: hash of %q does not hold: %s", f.Name, h.Name, h.Problem)
		}
	}
	for i, s := range o.Signatures {
		if s.Problem != "" || len(s.Covers) == 0 || len(s.Value) == 0 {
			t.Errorf("%s: %s %q covers %v, %d bytes, problem %q", f.Name, s.Kind, s.Name, s.Covers, len(s.Value), s.Problem)
		}
		for _, c := range s.Covers {
			if now, ok := changed(f, data, c, i); ok && now.Problem == "" && bytes.Equal(now.Digest, s.Digest) && bytes.Equal(now.Message, s.Message) {
				t.Errorf("%s: %s %q covers %+v, and a changed byte there changes nothing", f.Name, s.Kind, s.Name, c)
			}
		}
		for _, c := range s.Through {
			if now, ok := changed(f, data, c, i); ok && now.Problem == "" && within(now.Through, c) {
				t.Errorf("%s: %s %q covers %+v through a hash, and a changed byte there changes nothing", f.Name, s.Kind, s.Name, c)
			}
		}
		for _, c := range s.Leaves {
			if now, ok := changed(f, data, c, i); ok && slices.Equal(now.Covers, s.Covers) && !bytes.Equal(now.Digest, s.Digest) {
				t.Errorf("%s: %s %q leaves out %+v, and a changed byte there changes the digest", f.Name, s.Kind, s.Name, c)
			}
		}
	}
	return o.Signatures
}

func mustOpen(t *testing.T, f *format.Format, data []byte) *format.Opened {
	t.Helper()
	in := format.InMemory(data)
	if f.Probe(in) == format.No {
		t.Fatalf("%s: not recognised", f.Name)
	}
	o, err := f.Open(context.Background(), in, format.NewBudget(files, totalBytes, fileBytes, ratio))
	if err != nil {
		t.Fatalf("%s: %v", f.Name, err)
	}
	return o
}

// changed gives the i-th signature with a changed byte in the middle of a run;
// none if the container does not open so.
func changed(f *format.Format, data []byte, s format.Span, i int) (format.Signature, bool) {
	bad := bytes.Clone(data)
	bad[s.Offset+s.Length/2] ^= 0x01
	in := format.InMemory(bad)
	if f.Probe(in) == format.No {
		return format.Signature{}, false
	}
	o, err := f.Open(context.Background(), in, format.NewBudget(files, totalBytes, fileBytes, ratio))
	if err != nil || i >= len(o.Signatures) {
		return format.Signature{}, false
	}
	return o.Signatures[i], true
}

// within reports whether one of the spans holds all of s.
func within(spans []format.Span, s format.Span) bool {
	for _, c := range spans {
		if c.Offset <= s.Offset && c.Offset+c.Length >= s.Offset+s.Length {
			return true
		}
	}
	return false
}
