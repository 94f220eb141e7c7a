package rpm_test

import (
	"bytes"
	"context"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"slices"
	"strings"
	"testing"

	"github.com/assay-iot/assay/firmware/firmwaretest"
	"github.com/assay-iot/assay/firmware/format"
	"github.com/assay-iot/assay/firmware/format/formattest"
	"github.com/assay-iot/assay/firmware/rpm"
)

// tag is a value of a header: an int32, a text or bytes.
type tag struct {
	number uint32
	value  any
}

func header(tags ...tag) []byte {
	var index, store []byte
	for _, g := range tags {
		var kind, count uint32
		var raw []byte
		switch v := g.value.(type) {
		case int:
			for len(store)%4 != 0 {
				store = append(store, 0)
			}
			kind, count, raw = 4, 1, binary.BigEndian.AppendUint32(nil, uint32(v))
		case string:
			kind, count, raw = 6, 1, append([]byte(v), 0)
		case []byte:
			kind, count, raw = 7, uint32(len(v)), v
		}
		for _, n := range []uint32{g.number, kind, uint32(len(store)), count} {
			index = binary.BigEndian.AppendUint32(index, n)
		}
		store = append(store, raw...)
	}
	b := []byte("\x8e\xad\xe8\x01\x00\x00\x00\x00")
	b = binary.BigEndian.AppendUint32(b, uint32(len(tags)))
	b = binary.BigEndian.AppendUint32(b, uint32(len(store)))
	return append(append(b, index...), store...)
}

// sample is a package with old digests or with new ones.
func sample(old bool, more ...tag) []byte {
	payload := firmwaretest.Gzip("", firmwaretest.Cpio(firmwaretest.Text("etc/sample", 0o600, "secret\n")))
	sum := sha256.Sum256(payload)
	tags := []tag{{1000, "sample"}, {1001, "1.0"}, {1002, "2"}, {1003, 7}, {1021, "linux"}, {1022, "armv7hl"}, {1044, "sample-1.0-2.src.rpm"}, {1124, "cpio"}, {1125, "gzip"}}
	if !old {
		tags = append(tags, tag{5092, hex.EncodeToString(sum[:])}, tag{5093, 8})
	}
	main := header(append(tags, more...)...)
	whole := append(bytes.Clone(main), payload...)
	signature := []tag{{1000, len(whole)}}
	if old {
		one, both := sha1.Sum(main), md5.Sum(whole)
		signature = append(signature, tag{269, hex.EncodeToString(one[:])}, tag{1004, both[:]}, tag{268, []byte("signature")})
	} else {
		one := sha256.Sum256(main)
		signature = append(signature, tag{273, hex.EncodeToString(one[:])})
	}
	b := make([]byte, 96)
	copy(b, "\xed\xab\xee\xdb\x03\x00\x00\x00\x00\x01sample-1.0-2")
	b = append(b, header(signature...)...)
	b = append(b, make([]byte, -len(b)&7)...)
	return append(b, whole...)
}

func seeds() [][]byte { return [][]byte{sample(true), sample(false)} }

func TestMutated(t *testing.T) { formattest.Mutate(t, rpm.Format, seeds()...) }

func FuzzRPM(f *testing.F) { formattest.Fuzz(f, rpm.Format, seeds()...) }

func open(t *testing.T, b []byte) *format.Opened {
	t.Helper()
	if rpm.Format.Probe(format.InMemory(b)) != format.Sure {
		t.Fatal("not recognised")
	}
	o, err := rpm.Format.Open(context.Background(), format.InMemory(b), format.NewBudget(1000, 1<<20, 1<<20, 100))
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func TestSample(t *testing.T) {
	for _, old := range []bool{true, false} {
		b := sample(old)
		o := open(t, append(b, "what follows"...))
		if o.Length != int64(len(b)) || len(o.Damage) > 0 || len(o.Parts) != 1 || string(b[o.Parts[0].Offset:][:3]) != "\x1f\x8b\x08" || o.Parts[0].Offset+o.Parts[0].Length != o.Length {
			t.Errorf("%d of %d bytes, damage %v, parts %v", o.Length, len(b), o.Damage, o.Parts)
		}
		for name, want := range map[string]string{"name": "sample", "version": "7:1.0-2", "architecture": "armv7hl", "os": "linux", "source": "sample-1.0-2.src.rpm", "compression": "gzip", "kind": "", "vendor": ""} {
			if o.Attributes[name] != want {
				t.Errorf("%s is %q", name, o.Attributes[name])
			}
		}
		if (o.Attributes["signed"] == "true") != old {
			t.Errorf("signed is %q", o.Attributes["signed"])
		}
	}
}

func TestDamage(t *testing.T) {
	headerAt := func(b []byte) int { return 96 + bytes.Index(b[96+4:], []byte("\x8e\xad\xe8\x01")) + 4 }
	for name, c := range map[string]struct {
		change func(b []byte) []byte
		damage string
	}{
		"a changed header":  {func(b []byte) []byte { b[headerAt(b)+16+9*16+2] ^= 1; return b }, "digest of the header differs"},
		"a changed payload": {func(b []byte) []byte { b[len(b)-1] ^= 1; return b }, "digest of the payload differs"},
		"cut short":         {func(b []byte) []byte { return b[:len(b)-5] }, "bytes, but only"},
	} {
		for _, old := range []bool{true, false} {
			o := open(t, c.change(sample(old)))
			if len(o.Damage) == 0 || !strings.Contains(o.Damage[0].Reason, c.damage) || o.Damage[0].Offset < 96 {
				t.Errorf("%s: %v", name, o.Damage)
			}
			wrong := slices.ContainsFunc(o.Hashes, func(h format.Hash) bool { return !h.OK && h.Problem == "" && h.Span.Length > 0 })
			if wrong != strings.Contains(c.damage, "digest") {
				t.Errorf("%s: %v", name, o.Hashes)
			}
		}
	}
	for name, c := range map[string]struct {
		tag    tag
		damage string
	}{
		"large files":   {tag{5008, []byte("12345678")}, "07070X"},
		"version 6":     {tag{5114, 6}, "07070X"},
		"another kind":  {tag{1124, "drpm"}, `"drpm"`},
		"a wild offset": {tag{1011, "x"}, ""},
	} {
		o := open(t, sample(false, c.tag))
		if said := len(o.Damage) > 0 && strings.Contains(o.Damage[0].Reason, c.damage); said == (c.damage == "") {
			t.Errorf("%s: %v", name, o.Damage)
		}
	}
}

func TestRefused(t *testing.T) {
	for name, change := range map[string]func(b []byte){
		"lead":            func(b []byte) { b[0] = 0 },
		"signature":       func(b []byte) { b[96] = 0 },
		"too many values": func(b []byte) { b[96+8] = 0xff },
		"too large":       func(b []byte) { b[96+12] = 0xff },
		"no header":       func(b []byte) { clear(b[200:]) },
	} {
		b := sample(false)
		change(b)
		if rpm.Format.Probe(format.InMemory(b)) == format.No {
			continue
		}
		if _, err := rpm.Format.Open(context.Background(), format.InMemory(b), format.NewBudget(1000, 1<<20, 1<<20, 100)); err == nil {
			t.Errorf("%s: opened", name)
		}
	}
}

// BenchmarkOpen opens a package with its digest, which bounds it.
func BenchmarkOpen(b *testing.B) {
	payload := make([]byte, 16<<20)
	sum := sha256.Sum256(payload)
	main := header(tag{5092, hex.EncodeToString(sum[:])}, tag{5093, 8})
	signature := header(tag{1000, len(main) + len(payload)})
	data := append(make([]byte, 96, 20<<20), signature...)
	copy(data, "\xed\xab\xee\xdb\x03")
	data = append(append(append(data, make([]byte, -len(data)&7)...), main...), payload...)
	for b.Loop() {
		o, err := rpm.Format.Open(context.Background(), format.InMemory(data), format.NewBudget(1000, 1<<20, 1<<20, 100))
		if err != nil || len(o.Damage) > 0 {
			b.Fatal(err, o.Damage)
		}
		b.SetBytes(int64(len(data)))
	}
}
