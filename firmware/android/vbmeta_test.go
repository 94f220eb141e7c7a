package android_test

import (
	"crypto/sha256"
	"encoding/binary"
	"slices"
	"strings"
	"testing"

	"github.com/assay-iot/assay/firmware/android"
	"github.com/assay-iot/assay/firmware/firmwaretest"
	"github.com/assay-iot/assay/firmware/firmwaretest/reference"
	"github.com/assay-iot/assay/firmware/format"
	"github.com/assay-iot/assay/firmware/format/formattest"
)

// big makes a block of big-endian numbers (of 4 or 8 bytes) and texts.
func big(all ...any) []byte {
	var b []byte
	for _, v := range all {
		switch v := v.(type) {
		case uint32:
			b = binary.BigEndian.AppendUint32(b, v)
		case uint64:
			b = binary.BigEndian.AppendUint64(b, v)
		case int: // so many zeros
			b = append(b, make([]byte, v)...)
		case string:
			b = append(b, v...)
		}
	}
	return b
}

// descriptor gives a descriptor its header and fills it up to eight bytes.
func descriptor(tag uint64, body []byte) []byte {
	body = append(body, make([]byte, -len(body)&7)...)
	return append(big(tag, uint64(len(body))), body...)
}

func field(s string, n int) string { return s + strings.Repeat("\x00", n-len(s)) }

// vbmeta is a block with a descriptor of each kind, by the layout of libavb.
func vbmeta() []byte {
	aux := slices.Concat(
		descriptor(0, big(uint64(1), uint64(2), "p\x00vv\x00")),
		descriptor(1, big(uint32(1), uint64(8192), uint64(8192), uint64(4096), uint32(4096), uint32(4096), uint32(0), uint64(0), uint64(0),
			field("sha256", 32), uint32(6), uint32(1), uint32(2), uint32(0), 60, "system", "\x0a", "\x01\x02")),
		descriptor(2, big(uint64(4096), field("sha256", 32), uint32(4), uint32(1), uint32(2), uint32(0), 60, "boot", "\x0b", "\x03\x04")),
		descriptor(3, big(uint32(1), uint32(5), "a=b c")),
		descriptor(4, big(uint32(7), uint32(6), uint32(3), uint32(0), 60, "vbmeta", "key")),
	)
	descriptors := uint64(len(aux))
	aux = append(aux, "public key"...)
	aux = append(aux, make([]byte, -len(aux)&63)...)
	h := big("AVB0", uint32(1), uint32(2), uint64(320), uint64(len(aux)), uint32(1), uint64(0), uint64(32), uint64(32), uint64(256),
		descriptors, uint64(10), uint64(0), uint64(0), uint64(0), descriptors, uint64(5), uint32(0), uint32(0), field("avbtool 1.2.0", 48), 80)
	sum := sha256.Sum256(slices.Concat(h, aux))
	return slices.Concat(h, sum[:], make([]byte, 320-32), aux)
}

func TestVBMeta(t *testing.T) {
	b := vbmeta()
	o := open(t, android.VBMeta, append(b, "behind"...))
	if len(o.Damage) > 0 || o.Length != int64(len(b)) {
		t.Errorf("%d of %d bytes, damage %v", o.Length, len(b), o.Damage)
	}
	for key, want := range map[string]string{
		"algorithm": "sha256-rsa2048", "digest": "verified", "release": "avbtool 1.2.0", "rollback-index": "5", "version": "1.2",
		"descriptor-0": `property "p": "vv"`,
		"descriptor-1": `hashtree sha256 of "system": root 0102, salt 0a, 8192 bytes`,
		"descriptor-2": `hash sha256 of "boot": digest 0304, salt 0b, 4096 bytes`,
		"descriptor-3": `kernel command line "a=b c", flags 1`,
		"descriptor-4": `chain to "vbmeta": rollback index location 7, key sha256 2c70e12b7a0646f92279f427c7b38e7334d8e5389cff167a1dc30e73f826b683`,
	} {
		if got := o.Attributes[key]; got != want {
			t.Errorf("%s is %q, want %q", key, got, want)
		}
	}
}

func TestVBMetaDamage(t *testing.T) {
	set := func(at int, v byte) []byte {
		b := vbmeta()
		b[at] = v
		return b
	}
	first := 256 + 320
	for name, c := range map[string]struct {
		image  []byte
		reason string
		at     int64
	}{
		"a changed descriptor": {set(first+33, 'x'), "the digest", 256},
		"a descriptor too big": {set(first+14, 0xff), "descriptor of", int64(first)},
		"an unknown kind":      {set(first+7, 9), "kind 9", int64(first)},
		"a name too long":      {set(first+16+7, 200), "kind 0", int64(first)},
	} {
		o := open(t, android.VBMeta, c.image)
		if !slices.ContainsFunc(o.Damage, func(d format.Damage) bool { return strings.Contains(d.Reason, c.reason) && d.Offset == c.at }) {
			t.Errorf("%s: damage %v", name, o.Damage)
		}
	}
	for name, b := range map[string][]byte{"version 2": set(7, 2), "a key outside": set(68, 1), "huge": set(14, 1), "an odd block": set(19, 0x41)} {
		if android.VBMeta.Probe(format.InMemory(b)) != format.No {
			t.Errorf("%s is taken for a vbmeta block", name)
		}
	}
	if _, err := android.VBMeta.Open(t.Context(), format.InMemory(vbmeta()[:700]), nil); err == nil {
		t.Error("a block that is cut was opened")
	}
}

// TestFooter opens a partition with its own block and footer.
func TestFooter(t *testing.T) {
	root := firmwaretest.Squashfs(firmwaretest.Text("etc/a", 0o644, "a\n"))
	root = append(root, make([]byte, -len(root)&4095)...)
	footer := big("AVBf", uint32(1), uint32(0), uint64(len(root)), uint64(len(root)), uint64(len(vbmeta())), 28)
	image := slices.Concat(root, vbmeta(), make([]byte, 4096-64), footer)
	img := reference.Open(t, image)
	var types []string
	for _, k := range img.Containers {
		types = append(types, k.Type)
	}
	if !slices.Equal(types, []string{"squashfs", "android-vbmeta", "android-avb-footer"}) || len(img.Skipped) > 0 {
		t.Errorf("containers %q, skipped %v", types, img.Skipped)
	}
	footer[60] = 1
	if android.Footer.Probe(format.InMemory(footer)) != format.No {
		t.Error("a footer with something in its reserved bytes is taken for one")
	}
}

func TestVBMetaMutated(t *testing.T) { formattest.Mutate(t, android.VBMeta, vbmeta()) }

func FuzzVBMeta(f *testing.F) { formattest.Fuzz(f, android.VBMeta, vbmeta()) }
