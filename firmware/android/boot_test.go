package android_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/assay-iot/assay/firmware/android"
	"github.com/assay-iot/assay/firmware/firmwaretest"
	"github.com/assay-iot/assay/firmware/firmwaretest/reference"
	"github.com/assay-iot/assay/firmware/format"
	"github.com/assay-iot/assay/firmware/format/formattest"
)

const page = 4096

// paged puts contents on pages.
func paged(contents ...[]byte) []byte {
	var b []byte
	for _, c := range contents {
		b = append(b, c...)
		b = append(b, make([]byte, -len(b)&(page-1))...)
	}
	return b
}

// head makes a header of numbers and texts at their places.
func head(size int, magic string, fields map[int]any) []byte {
	b := make([]byte, size)
	copy(b, magic)
	for at, v := range fields {
		switch v := v.(type) {
		case int:
			binary.LittleEndian.PutUint32(b[at:], uint32(v))
		case string:
			copy(b[at:], v)
		}
	}
	return b
}

// boot4 is a boot image of version 4 with a signature that is a vbmeta block.
func boot4(kernel, ramdisk, signature []byte) []byte {
	h := head(page, "ANDROID!", map[int]any{8: len(kernel), 12: len(ramdisk), 16: 12 << 25, 20: 1584, 40: 4, 44: "quiet", 1580: len(signature)})
	return paged(h, kernel, ramdisk, signature)
}

// vendor4 is a vendor boot image of version 4 with two ramdisks.
func vendor4(one, two, dtb []byte, config string) []byte {
	entry := func(size, off, kind int, name string) []byte {
		return head(108, "", map[int]any{0: size, 4: off, 8: kind, 12: name})
	}
	table := slices.Concat(entry(len(one), 0, 1, "platform"), entry(len(two), len(one), 3, "dlkm"))
	h := head(page, "VNDRBOOT", map[int]any{
		8: 4, 12: page, 24: len(one) + len(two), 28: "console=ttyS0", 2080: "board", 2096: 2128, 2100: len(dtb),
		2112: len(table), 2116: 2, 2120: 108, 2124: len(config),
	})
	return paged(h, slices.Concat(one, two), dtb, table, []byte(config))
}

// boot0 is a boot image from before there were versions, with device trees.
func boot0() []byte {
	kernel, dt := firmwaretest.Kernel("", 5000), firmwaretest.Kernel("", 700)
	h := head(page, "ANDROID!", map[int]any{8: len(kernel), 36: page, 40: len(dt), 48: "old", 64: strings.Repeat("x", 511), 608: "tail"})
	return paged(h, kernel, nil, nil, dt)
}

// boot2 is a recovery image of version 2.
func boot2() []byte {
	k, dtbo, dtb := firmwaretest.Kernel("", 5000), firmwaretest.Kernel("", 999), firmwaretest.Kernel("", 100)
	h := head(page, "ANDROID!", map[int]any{8: len(k), 24: len(k), 36: page, 40: 2, 1632: len(dtbo), 1644: 1660, 1648: len(dtb)})
	return paged(h, k, nil, k, dtbo, dtb)
}

// named lists the parts: name and length.
func named(o *format.Opened) []string {
	var got []string
	slices.SortStableFunc(o.Parts, func(a, b format.Part) int { return int(a.Offset - b.Offset) })
	for _, p := range o.Parts {
		if p.Name != "" {
			got = append(got, fmt.Sprintf("%s %d", p.Name, p.Length))
		}
	}
	return got
}

func TestBoot(t *testing.T) {
	k, r := firmwaretest.Kernel("", 9000), firmwaretest.Cpio(firmwaretest.Text("init", 0o755, "#!/bin/sh\n"))
	for name, c := range map[string]struct {
		image             []byte
		kind, version, os string
		parts             []string
	}{
		"version 4":      {boot4(k, r, vbmeta()), "boot", "4", "12.0.0, patches of 2000-00", []string{"kernel 9000", fmt.Sprint("ramdisk ", len(r)), fmt.Sprint("boot-signature ", len(vbmeta()))}},
		"init_boot":      {boot4(nil, r, nil), "init_boot", "4", "12.0.0, patches of 2000-00", []string{fmt.Sprint("ramdisk ", len(r))}},
		"vendor_boot":    {vendor4(r, r, k, "androidboot.x=1\n"), "vendor_boot", "4", "", []string{fmt.Sprint("ramdisk-platform ", len(r)), fmt.Sprint("ramdisk-dlkm ", len(r)), "dtb 9000"}},
		"version 2":      {boot2(), "boot", "2", "", []string{"kernel 5000", "second 5000", "recovery-dtbo 999", "dtb 100"}},
		"before version": {boot0(), "boot", "0", "", []string{"kernel 5000", "dt 700"}},
	} {
		t.Run(name, func(t *testing.T) {
			o := open(t, android.Boot, append(c.image, "behind"...))
			if got := named(o); !slices.Equal(got, c.parts) {
				t.Errorf("parts %q, want %q", got, c.parts)
			}
			a := o.Attributes
			if len(o.Damage) > 0 || o.Length != int64(len(c.image)) || a["kind"] != c.kind || a["version"] != c.version || a["os-version"] != c.os {
				t.Errorf("%d of %d bytes, %v, damage %v", o.Length, len(c.image), a, o.Damage)
			}
		})
	}
	o := open(t, android.Boot, vendor4(r, r, k, "androidboot.x=1\n"))
	if o.Attributes["bootconfig"] != "androidboot.x=1\n" || o.Attributes["cmdline"] != "console=ttyS0" || o.Attributes["ramdisk-1"] != fmt.Sprintf(`"dlkm", type 3, %d bytes`, len(r)) {
		t.Errorf("attributes %v", o.Attributes)
	}
	img := reference.Open(t, boot4(k, r, vbmeta()))
	reference.Find(t, img, "android-boot!ramdisk!cpio!init")
	if k := img.Containers[len(img.Containers)-1]; k.Path != "image.bin!android-boot!boot-signature!android-vbmeta" {
		t.Errorf("signature %s", k.Path)
	}
}

func TestBootDamage(t *testing.T) {
	k := firmwaretest.Kernel("", 9000)
	o := open(t, android.Boot, boot4(k, k, nil)[:page+12288+100])
	if got := named(o); !slices.Equal(got, []string{"kernel 9000", "ramdisk 100"}) || len(o.Damage) != 1 || o.Damage[0].Offset != page+12288 {
		t.Errorf("cut: parts %q, damage %v", got, o.Damage)
	}
	for name, b := range map[string][]byte{
		"magic alone":     []byte("ANDROID!"),
		"pages of 7":      head(page, "ANDROID!", map[int]any{8: 1, 36: 7}),
		"nothing in it":   head(page, "ANDROID!", map[int]any{36: 2048}),
		"a wrong size":    head(page, "ANDROID!", map[int]any{8: 1, 20: 99, 40: 3}),
		"vendor 9":        head(page, "VNDRBOOT", map[int]any{8: 9, 12: page, 24: 1}),
		"a table too big": head(page, "VNDRBOOT", map[int]any{8: 4, 12: page, 24: 1, 2096: 2128, 2112: 8, 2116: 1 << 30, 2120: 108}),
	} {
		if android.Boot.Probe(format.InMemory(b)) != format.No {
			t.Errorf("%s is taken for a boot image", name)
		}
	}
	bad := vendor4(k, k, nil, "")
	binary.LittleEndian.PutUint32(bad[page+(18000+page-1)/page*page+108:], 1<<31)
	if o := open(t, android.Boot, bad); len(o.Damage) != 1 || !strings.Contains(o.Damage[0].Reason, "ramdisk 1 lies outside") {
		t.Errorf("a ramdisk outside: %v", o.Damage)
	}
}

// TestMkbootimg has mkbootimg build images and compares the parts with what went
// in.
func TestMkbootimg(t *testing.T) {
	tool := reference.Need(t, "mkbootimg")
	files := map[string][]byte{
		"kernel": firmwaretest.Kernel("5.10.1", 70_001), "ramdisk": firmwaretest.Cpio(firmwaretest.Text("init", 0o755, "x\n")),
		"second": firmwaretest.Kernel("", 3000), "dtb": firmwaretest.Kernel("", 4096), "vendor-ramdisk": firmwaretest.Kernel("", 20_000),
	}
	common := " --cmdline console=ttyS0 --os_version 11.0.0 --os_patch_level 2021-03"
	for options, parts := range map[string]string{
		"--header_version 0 --kernel kernel --ramdisk ramdisk --pagesize 2048 --board b -o out":                                                    "kernel ramdisk",
		"--header_version 0 --kernel kernel --ramdisk ramdisk --second second --pagesize 16384 -o out":                                             "kernel ramdisk second",
		"--header_version 1 --kernel kernel --ramdisk ramdisk -o out":                                                                              "kernel ramdisk",
		"--header_version 2 --kernel kernel --ramdisk ramdisk --second second --dtb dtb -o out":                                                    "kernel ramdisk second dtb",
		"--header_version 3 --kernel kernel --ramdisk ramdisk -o out":                                                                              "kernel ramdisk",
		"--header_version 3 --vendor_boot out --vendor_ramdisk vendor-ramdisk --dtb dtb --pagesize 4096 --vendor_cmdline console=ttyS0 --board vb": "vendor-ramdisk dtb",
	} {
		t.Run(options, func(t *testing.T) {
			dir := t.TempDir()
			for name, b := range files {
				if err := os.WriteFile(filepath.Join(dir, name), b, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			reference.Run(t, dir, tool, strings.Fields(options+common)...)
			data, err := os.ReadFile(filepath.Join(dir, "out"))
			if err != nil {
				t.Fatal(err)
			}
			o := open(t, android.Boot, data)
			if len(o.Damage) > 0 || o.Length != int64(len(data)) || o.Attributes["cmdline"] != "console=ttyS0" {
				t.Errorf("%d of %d bytes, %v, damage %v", o.Length, len(data), o.Attributes, o.Damage)
			}
			if vendor := strings.Contains(options, "vendor"); !vendor && o.Attributes["os-version"] != "11.0.0, patches of 2021-03" {
				t.Errorf("version %q", o.Attributes["os-version"])
			}
			got := slices.DeleteFunc(o.Parts, func(p format.Part) bool { return p.Name == "" })
			for i, name := range strings.Fields(parts) {
				if i >= len(got) || got[i].Name != name || !bytes.Equal(data[got[i].Offset:got[i].Offset+got[i].Length], files[name]) {
					t.Errorf("parts %q: %s is another", named(o), name)
				}
			}
			if o.Attributes["id"] == "" && !strings.Contains(options, "version 3") {
				t.Error("the SHA-1 was not compared")
			}
			if o.Attributes["id"] != "" {
				data[got[0].Offset+5] ^= 1
				if o := open(t, android.Boot, data); len(o.Damage) != 1 || o.Attributes["id"] != "sha1 differs" {
					t.Errorf("a changed kernel: %v", o.Damage)
				}
			}
		})
	}
}

func bootSeeds() [][]byte {
	k := firmwaretest.Kernel("", 300)
	return [][]byte{boot4(k, k, k), vendor4(k, k, k, "a=b\n"), boot0(), boot2()}
}

func TestBootMutated(t *testing.T) { formattest.Mutate(t, android.Boot, bootSeeds()...) }

func FuzzBoot(f *testing.F) { formattest.Fuzz(f, android.Boot, bootSeeds()...) }
