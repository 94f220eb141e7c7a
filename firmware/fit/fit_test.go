package fit_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/assay-iot/assay/firmware"
	"github.com/assay-iot/assay/firmware/firmwaretest"
	"github.com/assay-iot/assay/firmware/firmwaretest/reference"
	"github.com/assay-iot/assay/firmware/fit"
	"github.com/assay-iot/assay/firmware/format"
	"github.com/assay-iot/assay/firmware/format/formattest"
)

// tree builds a device tree.
type tree struct {
	structure []byte
	names     []byte
}

func (t *tree) words(n ...int) {
	for _, w := range n {
		t.structure = binary.BigEndian.AppendUint32(t.structure, uint32(w))
	}
}

func (t *tree) pad() { t.structure = append(t.structure, make([]byte, -len(t.structure)&3)...) }

func (t *tree) node(name string, inside func()) {
	t.words(1)
	t.structure = append(append(t.structure, name...), 0)
	t.pad()
	inside()
	t.words(2)
}

func (t *tree) set(name string, value []byte) {
	t.words(3, len(value), len(t.names))
	t.names = append(append(t.names, name...), 0)
	t.structure = append(t.structure, value...)
	t.pad()
}

func (t *tree) text(name, value string) { t.set(name, append([]byte(value), 0)) }

func (t *tree) number(name string, n int) { t.set(name, binary.BigEndian.AppendUint32(nil, uint32(n))) }

func (t *tree) blob() []byte {
	t.words(9)
	b := append(append(make([]byte, 56), t.structure...), t.names...)
	b = append(b, make([]byte, -len(b)&3)...)
	copy(b, "\xd0\x0d\xfe\xed")
	for i, v := range []int{len(b), 56, 56 + len(t.structure), 40, 17, 16, 0, len(t.names), len(t.structure)} {
		binary.BigEndian.PutUint32(b[4+4*i:], uint32(v))
	}
	return b
}

// image builds an image tree with one image that f describes.
func image(f func(t *tree)) []byte {
	t := &tree{}
	t.node("", func() {
		t.text("description", "by hand")
		t.node("images", func() {
			t.node("kernel-1", func() {
				t.text("type", "kernel")
				f(t)
			})
		})
		t.node("configurations", func() {
			t.text("default", "conf")
			t.node("conf", func() {
				t.text("kernel", "kernel-1")
				t.node("signature-1", func() {
					t.text("algo", "sha256,rsa2048")
					t.text("key-name-hint", "dev")
					t.set("sign-images", []byte("kernel\x00fdt\x00"))
				})
			})
		})
	})
	return t.blob()
}

// abc is an image with the CRC-32 of its data.
func abc(crc int) []byte {
	return image(func(t *tree) {
		t.set("data", []byte("abc"))
		t.node("hash-1", func() {
			t.text("algo", "crc32")
			t.number("value", crc)
		})
	})
}

const crcOfABC = 0x352441c2

func open(t *testing.T, b []byte) *format.Opened {
	t.Helper()
	if fit.Format.Probe(format.InMemory(b)) == format.No {
		t.Fatal("not recognised")
	}
	o, err := fit.Format.Open(t.Context(), format.InMemory(b), nil)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// TestOffered has a key in names that no property has, in reserved memory, in a property
// that means nothing, and between the blocks.
func TestOffered(t *testing.T) {
	const key = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIO3x"
	plain := abc(crcOfABC)
	moved := func(from int, what []byte, fields ...int) []byte {
		b := slices.Concat(plain[:from], what, plain[from:])
		for _, at := range append(fields, 4) {
			binary.BigEndian.PutUint32(b[at:], binary.BigEndian.Uint32(b[at:])+uint32(len(what)))
		}
		return b
	}
	names := int(binary.BigEndian.Uint32(plain[12:]))
	long := append([]byte(key), make([]byte, -len(key)&15)...)
	signature := image(func(t *tree) {
		t.set("data", []byte("abc"))
		t.node("signature-1", func() { t.set("value", bytes.Repeat([]byte("s"), 256)) })
	})
	if o := open(t, signature); len(o.Unread) > 0 {
		t.Errorf("offered of a usual image: %v", o.Unread)
	}
	for name, b := range map[string][]byte{
		"names":      moved(len(plain), long, 32),
		"reserved":   moved(40, long, 8, 12),
		"a property": image(func(t *tree) { t.set("data", []byte("abc")); t.set("note", []byte(key)) }),
		"a gap":      moved(names, long, 12),
	} {
		if name == "names" {
			binary.BigEndian.PutUint32(b[32:], uint32(len(b)-names))
		}
		if !formattest.Offered(t, fit.Format, b, key) {
			t.Errorf("%s: not offered", name)
		}
	}
}

func TestByHand(t *testing.T) {
	o := open(t, append(abc(crcOfABC), "behind"...))
	if p := o.Parts[0]; p.Name != "kernel-1" || p.Length != 3 || p.Role != format.Code || len(o.Damage) > 0 {
		t.Errorf("part %+v, damage %v", p, o.Damage)
	}
	for key, want := range map[string]string{
		"description": "by hand", "images/kernel-1/hash-1": "crc32 verified", "default": "conf", "configurations/conf/kernel": "kernel-1",
		"configurations/conf/signature-1": "sha256,rsa2048, key dev, over kernel fdt, no value",
	} {
		if got := o.Attributes[key]; got != want {
			t.Errorf("%s is %q, want %q", key, got, want)
		}
	}
}

// TestDamage has images that are not as their nodes say.
func TestDamage(t *testing.T) {
	external := func(name string, at, size int) []byte {
		return image(func(t *tree) {
			t.number(name, at)
			t.number("data-size", size)
			t.node("hash-1", func() {
				t.text("algo", "crc32")
				t.number("value", crcOfABC)
			})
		})
	}
	n := len(external("data-offset", 0, 3))
	for name, c := range map[string]struct {
		image  []byte
		reason string // none for an image that is whole
		offset int64
		parts  string
	}{
		"behind":              {append(external("data-offset", 4, 3), "xxxxabc"...), "", 0, "abc"},
		"at a place":          {nil, "", 0, "abc"}, // its place depends on the length of the tree
		"another data":        {append(external("data-offset", 0, 3), "abd"...), "crc32 of image \"kernel-1\" differs", int64(n), "abd"},
		"a wrong hash":        {abc(1), "crc32 of image \"kernel-1\" differs", 0, "abc"},
		"cut":                 {append(external("data-offset", 0, 3), "ab"...), "has 3 bytes, 2 are there", int64(n), "ab"},
		"far out":             {external("data-offset", 1<<31, 1<<31-1), "0 are there", int64(n) + 1<<31, ""},
		"no data":             {image(func(*tree) {}), "has no data", 0, ""},
		"no size":             {image(func(t *tree) { t.number("data-offset", 0) }), "has no data", 0, ""},
		"an unknown hash":     {image(func(t *tree) { t.set("data", []byte("abc")); t.node("hash", func() { t.text("algo", "sm3") }) }), "", 0, "abc"},
		"an unknown property": {image(func(t *tree) { t.set("data", []byte("abc")); t.set("more", bytes.Repeat([]byte{0xa5, 1}, 4000)) }), "", 0, "abc"},
	} {
		t.Run(name, func(t *testing.T) {
			if name == "at a place" {
				c.image = append(external("data-position", len(external("data-position", 0, 3)), 3), "abc"...)
			}
			o := open(t, c.image)
			if c.reason == "" {
				if len(o.Damage) > 0 {
					t.Errorf("damage %v", o.Damage)
				}
			} else if !slices.ContainsFunc(o.Damage, func(d format.Damage) bool {
				return strings.Contains(d.Reason, c.reason) && (c.offset == 0 || d.Offset == c.offset)
			}) {
				t.Errorf("damage %+v, want %q at 0x%x", o.Damage, c.reason, c.offset)
			}
			got := ""
			for _, p := range o.Parts {
				if p.Name == "kernel-1" {
					got += string(c.image[p.Offset : p.Offset+p.Length])
				}
			}
			if got != c.parts {
				t.Errorf("data %q, want %q", got, c.parts)
			}
			if name == "an unknown property" && !slices.ContainsFunc(o.Parts, func(p format.Part) bool { return p.Name == "more" && p.Length == 8000 }) {
				t.Error("a large property is not looked at")
			}
		})
	}
}

// TestOverlap hashes no byte more often than it is there.
func TestOverlap(t *testing.T) {
	b := &tree{}
	b.node("", func() {
		b.node("images", func() {
			for i := range 100 {
				b.node(fmt.Sprintf("i%d", i), func() {
					b.number("data-position", 0)
					b.number("data-size", 4000)
					b.node("hash", func() { b.text("algo", "sha512"); b.text("value", "x") })
				})
			}
		})
	})
	o := open(t, b.blob())
	if !slices.ContainsFunc(o.Damage, func(d format.Damage) bool { return strings.Contains(d.Reason, "images overlap") }) {
		t.Errorf("damage %v", o.Damage)
	}
}

// its is a source for mkimage with every kind of hash.
const its = `/dts-v1/; / { description = "all"; #address-cells = <1>;
images {
 kernel-1 { description = "k"; data = /incbin/("kernel"); type = "kernel"; arch = "arm"; os = "linux"; compression = "none"; load = <0x8000>; entry = <0x8000>;
  hash-1 { algo = "crc32"; }; hash-2 { algo = "md5"; }; hash-3 { algo = "sha1"; }; };
 fdt-1 { data = /incbin/("board.dtb"); type = "flat_dt"; arch = "arm"; compression = "none"; hash { algo = "sha256"; }; };
 ramdisk@1 { data = /incbin/("root.cpio"); type = "ramdisk"; arch = "arm"; os = "linux"; compression = "none"; hash-1 { algo = "sha384"; }; hash-2 { algo = "sha512"; }; };
 root { data = /incbin/("root.squashfs"); type = "filesystem"; arch = "arm"; compression = "none"; hash-1 { algo = "sha256"; }; };
};
configurations { default = "conf-1";
 conf-1 { kernel = "kernel-1"; fdt = "fdt-1"; ramdisk = "ramdisk@1"; loadables = "root"; SIGNATURE };
}; };`

var files = []string{"kernel", "board.dtb", "root.cpio", "root.squashfs"}

// work makes a folder with all that the source names.
func work(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	put := func(name string, b []byte) {
		if err := os.WriteFile(filepath.Join(dir, name), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	put("kernel", firmwaretest.Kernel("5.10.1", 60_001))
	put("root.cpio", firmwaretest.Cpio(firmwaretest.Text("etc/a", 0o644, "a\n")))
	put("root.squashfs", firmwaretest.Squashfs(firmwaretest.Text("etc/b", 0o644, "b\n")))
	put("board.dts", []byte(`/dts-v1/; / { model = "Board"; };`))
	put("a.its", []byte(strings.Replace(its, "SIGNATURE", "", 1)))
	put("signed.its", []byte(strings.Replace(its, "SIGNATURE", `signature-1 { algo = "sha256,rsa2048"; key-name-hint = "dev"; sign-images = "kernel", "fdt"; };`, 1)))
	reference.Run(t, dir, reference.Need(t, "dtc"), "-q", "-O", "dtb", "-o", "board.dtb", "board.dts")
	return dir
}

// TestMkimage has mkimage build images, dumpimage take them apart, and compares
// that with the parts.
func TestMkimage(t *testing.T) {
	mkimage, dumpimage := reference.Need(t, "mkimage"), reference.Need(t, "dumpimage")
	for _, options := range []string{"-f a.its", "-E -f a.its", "-E -B 1000 -f a.its", "-E -p 10000 -f a.its", "-f signed.its", "-k . -f signed.its"} {
		t.Run(options, func(t *testing.T) {
			dir := work(t)
			if strings.Contains(options, "-k") {
				reference.Run(t, dir, reference.Need(t, "openssl"), "req", "-batch", "-new", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=dev", "-keyout", "dev.key", "-out", "dev.crt")
			}
			reference.Run(t, dir, mkimage, append(strings.Fields(options), "image.itb")...)
			data, err := os.ReadFile(filepath.Join(dir, "image.itb"))
			if err != nil {
				t.Fatal(err)
			}
			o := open(t, data)
			if len(o.Damage) > 0 || o.Length != int64(len(data)) {
				t.Errorf("%d of %d bytes, damage %v", o.Length, len(data), o.Damage)
			}
			for i, file := range files {
				out := fmt.Sprintf("out%d", i)
				if strings.Contains(options, "-p") { // dumpimage does not know data-position
					out = file
				} else {
					reference.Run(t, dir, dumpimage, "-T", "flat_dt", "-p", fmt.Sprint(i), "-o", out, "image.itb")
				}
				want, err := os.ReadFile(filepath.Join(dir, out))
				if err != nil {
					t.Fatal(err)
				}
				if p := o.Parts[i]; !bytes.Equal(data[p.Offset:p.Offset+p.Length], want) {
					t.Errorf("%s: %d bytes at 0x%x differ from the %d of dumpimage", p.Name, p.Length, p.Offset, len(want))
				}
			}
			verified := 0
			for key, value := range o.Attributes {
				if strings.HasSuffix(value, " verified") {
					verified++
				} else if strings.Contains(key, "/hash") {
					t.Errorf("%s: %s", key, value)
				}
			}
			if verified != 7 {
				t.Errorf("%d hashes verified", verified)
			}
			if got := o.Attributes["configurations/conf-1/signature-1"]; strings.Contains(options, "signed") && got != "sha256,rsa2048, key dev, over kernel fdt"+map[bool]string{true: "", false: ", no value"}[strings.Contains(options, "-k")] {
				t.Errorf("signature %q", got)
			}
			inside(t, data)
		})
	}
}

// inside opens an image as a whole, and once more with a changed byte in each part.
func inside(t *testing.T, data []byte) {
	t.Helper()
	img := reference.Open(t, data)
	for _, path := range []string{"image.bin!fit!kernel-1!kernel", "image.bin!fit!fdt-1!dtb!tree.dtb", "image.bin!fit!ramdisk@1!cpio!etc/a", "image.bin!fit!root!squashfs!etc/b"} {
		reference.Find(t, img, path)
	}
	if len(img.Skipped) > 0 {
		t.Errorf("skipped %v", img.Skipped)
	}
	for _, r := range img.Ranges {
		if r.Class == firmware.Unexplained {
			t.Errorf("unexplained %+v", r)
		}
	}
	for _, p := range open(t, data).Parts {
		if p.Name == "" {
			continue
		}
		bad := bytes.Clone(data)
		bad[p.Offset+p.Length/2] ^= 4
		o := open(t, bad)
		if !slices.ContainsFunc(o.Damage, func(d format.Damage) bool { return d.Offset == p.Offset && strings.Contains(d.Reason, "differs") }) {
			t.Errorf("a changed byte in %s is not noticed: %v", p.Name, o.Damage)
		}
	}
}

func TestMutated(t *testing.T) { formattest.Mutate(t, fit.Format, abc(crcOfABC)) }

func FuzzFIT(f *testing.F) {
	external := image(func(t *tree) { t.number("data-offset", 0); t.number("data-size", 3) })
	formattest.Fuzz(f, fit.Format, abc(crcOfABC), append(external, "abc"...))
}

func BenchmarkOpen(b *testing.B) {
	data := image(func(t *tree) {
		t.set("data", make([]byte, 8<<20))
		t.node("hash", func() { t.text("algo", "sha256"); t.text("value", "x") })
	})
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		if _, err := fit.Format.Open(b.Context(), format.InMemory(data), nil); err != nil {
			b.Fatal(err)
		}
	}
}

// TestRenamed opens image trees in which a name that everything hangs on was
// changed: what the images hold is found all the same, and the loss is told.
func TestRenamed(t *testing.T) {
	whole := image(func(n *tree) {
		n.text("compression", "gzip")
		n.set("data", firmwaretest.Gzip("root.cpio", firmwaretest.Cpio(firmwaretest.Text("etc/passwd", 0o644, "root::0:0::/:/bin/sh\n"))))
	})
	for _, name := range []string{"images", "data"} {
		t.Run(name, func(t *testing.T) {
			b := bytes.Replace(whole, append([]byte(name), 0), append([]byte(name[:len(name)-1]+"_"), 0), 1)
			img := reference.Open(t, b)
			reference.Find(t, img, "!etc/passwd")
			if len(img.Skipped) == 0 {
				t.Error("nothing is said of the name")
			}
		})
	}
}

// TestNothingToSee opens a tree without anything to look into: that it is opaque
// has a reason.
func TestNothingToSee(t *testing.T) {
	n := &tree{}
	n.node("", func() { n.text("model", "board") })
	img := reference.Open(t, n.blob())
	if img.Opaque && len(img.Skipped) == 0 {
		t.Error("opaque, and nobody says why")
	}
}
