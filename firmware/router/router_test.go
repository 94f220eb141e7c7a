package router_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/assay-iot/assay/firmware"
	"github.com/assay-iot/assay/firmware/firmwaretest/reference"
	"github.com/assay-iot/assay/firmware/format"
	"github.com/assay-iot/assay/firmware/format/formattest"
	"github.com/assay-iot/assay/firmware/router"
)

// images are one image of each kind: its reader, its parts and some of what its
// header says.
var images = map[string]struct {
	reader *format.Format
	image  []byte
	parts  string
	says   string
}{
	"trx 1":           {router.TRX, trx1(), "kernel rootfs", "version=1"},
	"trx 2":           {router.TRX, trx2(), "kernel rootfs bin-header", "version=2"},
	"asus":            {router.TRX, asus(), "kernel rootfs", "asus-product=RT-N66U asus-version=3.0.0.4"},
	"chk":             {router.CHK, chk(), "kernel rootfs", "board=U12H072T00_NETGEAR version=1.0.2.68_60.0.94"},
	"dni":             {router.DNI, dni(), "", "device=WNDR3700 hd_id=29763654 version=V1.0.4"},
	"model":           {router.Model, model(), "", "model=NG_WNR854T"},
	"seama":           {router.Seama, seama(), "", "dev=/dev/mtdblock/2 signature=wrgac13_dlink.2013gui type=firmware"},
	"wrg":             {router.WRGG, wrg(), "", "board=wrgnd01_dlob_dir300 device=/dev/mtdblock/1"},
	"wrgg03":          {router.WRGG, wrgg03(), "", "build=rc080 model=DAP-2695 version=v1.01"},
	"shrs":            {router.SHRS, shrs(), "", "encryption=AES-128-CBC"},
	"encrpted_img":    {router.EncryptedImage, encrypted(), "", "encryption=AES-256-CBC"},
	"tplink 1":        {router.TPLink, tplink1(), "kernel rootfs", "hardware=0x08410007 vendor=TP-LINK"},
	"tplink 2":        {router.TPLink, tplink2(), "kernel rootfs", "hardware=0xc2000001"},
	"tplink boot":     {router.TPLink, tplinkBoot(), "bootloader", ""},
	"safeloader":      {router.SafeLoader, safeloader(), "partition-table soft-version support-list os-image file-system", "soft-version=1.2.3 vendor=CPE510(TP-LINK|UN|N300-5):1.0"},
	"cloud":           {router.SafeLoader, cloud(), "", "type=Cloud"},
	"imagetag":        {router.ImageTag, tag(), "rootfs kernel", "board=96358VW chip=6358"},
	"imagetag lede":   {router.ImageTagStart, tagKernelFirst(), "kernel rootfs", "vendor=LEDE"},
	"buffalo":         {router.Buffalo, buffalo(false), "", "product=WHR-HP-G54 version=1.40"},
	"buffalo long":    {router.Buffalo, buffalo(true), "", "product=WHR-HP-G54 version=1.40"},
	"buffalo tag":     {router.BuffaloTag, buffaloTag(), "", "product=WZR-HP-G300NH version=1.99-1.01"},
	"cybertan":        {router.CyberTAN, cybertan(), "", "date=2007-05-12 pattern=W54G version=4.21.1"},
	"realtek":         {router.Realtek, realtek(), "kernel", "signature=cs6c"},
	"edimax":          {router.Edimax, edimaxNew(), "", "model=RN68"},
	"csys":            {router.Edimax, edimaxOld(), "", "address=0x80500000"},
	"zynos":           {router.ZyNOS, zynos(), "", "type=bootext version=V4.50"},
	"ubiquiti":        {router.Ubiquiti, ubiquiti(false), "kernel rootfs", "version=XM.ar7240.v5.6.3"},
	"ubiquiti signed": {router.Ubiquiti, ubiquiti(true), "kernel rootfs", ""},
	"xiaomi":          {router.Xiaomi, xiaomi(), "uImage.bin root.squashfs", "device=0x0012"},
	"sercomm":         {router.Sercomm, sercomm(), "", "hardware=DGND4000"},
	"planex":          {router.Planex, planex(), "", "version=1.00.00"},
	"npk":             {router.NPK, npk(), "architecture install squashfs channel", "architecture=arm64 created=2025-02-06T09:58:04Z name=system version=7.17.2"},
}

// blind are the images in which nothing can be seen, since they are encrypted.
var blind = []string{"shrs", "encrpted_img"}

func names(parts []format.Part) string {
	var all []string
	for _, p := range parts {
		if p.Name != "" {
			all = append(all, p.Name)
		}
	}
	return strings.Join(all, " ")
}

func sorted(parts []format.Part) []format.Part {
	parts = slices.Clone(parts)
	slices.SortStableFunc(parts, func(a, b format.Part) int { return int(a.Offset - b.Offset) })
	return parts
}

// TestHeaders reads each header alone: parts, attributes, checksums, length.
func TestHeaders(t *testing.T) {
	for name, c := range images {
		t.Run(name, func(t *testing.T) {
			in := format.InMemory(append(slices.Clone(c.image), "what follows"...))
			if slices.Contains([]string{"dni", "model", "encrpted_img", "sercomm", "tplink 2"}, name) {
				in = format.InMemory(c.image) // to the end of the file
			}
			o, err := c.reader.Open(t.Context(), in, format.NewBudget(1<<10, 1<<30, 1<<30, 100))
			if err != nil {
				t.Fatal(err)
			}
			want := int64(len(c.image))
			if name == "realtek" {
				want = int64(16 + kernelSize + 2) // of the first section
			}
			if o.Length != want || len(o.Damage) > 0 {
				t.Errorf("%d of %d bytes, damage %v", o.Length, want, o.Damage)
			}
			parts := o.Parts
			if name == "imagetag" {
				parts = sorted(parts)
			}
			if got := names(parts); got != c.parts {
				t.Errorf("parts %q, want %q", got, c.parts)
			}
			for want := range strings.FieldsSeq(c.says) {
				key, value, _ := strings.Cut(want, "=")
				if !strings.HasPrefix(o.Attributes[key], value) {
					t.Errorf("%s is %q, want %q", key, o.Attributes[key], value)
				}
			}
			for _, h := range o.Hashes {
				if !h.OK {
					t.Errorf("%s %s differs", h.Name, h.Algorithm)
				}
			}
		})
	}
}

// TestImages opens each as an image: what it holds is found and every byte is
// explained.
func TestImages(t *testing.T) {
	for name, c := range images {
		t.Run(name, func(t *testing.T) {
			img := reference.Open(t, c.image)
			if slices.Contains(blind, name) {
				if !img.Opaque || len(img.Skipped) != 1 || !strings.Contains(img.Skipped[0].Reason, "the header says encrypted") {
					t.Errorf("opaque %v, skipped %v", img.Opaque, img.Skipped)
				}
				return
			}
			if img.Containers[0].Type != c.reader.Name || img.Containers[0].Offset != 0 {
				t.Errorf("the first container is %s at 0x%x", img.Containers[0].Type, img.Containers[0].Offset)
			}
			if name != "sercomm" && !slices.ContainsFunc(img.Files, func(f *firmware.File) bool { return strings.HasSuffix(f.Path, "!squashfs!etc/passwd") }) {
				t.Error("etc/passwd is not found")
			}
			total := int64(0)
			for _, r := range img.Ranges {
				total += r.Length
				if r.Class == firmware.Unexplained && !unexplainable[name] {
					t.Errorf("0x%x: %d bytes are unexplained: %s", r.Offset, r.Length, r.What)
				}
			}
			if total != int64(len(c.image)) {
				t.Errorf("the classes sum to %d of %d bytes", total, len(c.image))
			}
		})
	}
}

// unexplainable are images with bytes that no header explains: the version in
// TRX 2's header for the boot loader, and what stands for boot loaders.
var unexplainable = map[string]bool{"trx 2": true, "tplink boot": true, "zynos": true, "cloud": false}

// TestChecksums breaks one byte of the data: that is reported, and what lies
// inside is found all the same.
func TestChecksums(t *testing.T) {
	for name, c := range images {
		if name == "buffalo" || name == "buffalo long" || name == "model" || name == "cybertan" || name == "encrpted_img" || name == "npk" || name == "cloud" || name == "edimax" || name == "csys" {
			continue // no checksum, or one that tells whether it is such an image at all
		}
		t.Run(name, func(t *testing.T) {
			bad := slices.Clone(c.image)
			at := strings.LastIndex(string(bad), string(rootfs[96:128]))
			if name == "realtek" {
				at = 16 + len(kernel)/2
			}
			if name == "shrs" || name == "sercomm" {
				at = len(bad) - 100
			}
			bad[at] ^= 0x10
			o, err := c.reader.Open(t.Context(), format.InMemory(bad), nil)
			if err != nil {
				t.Fatal(err)
			}
			if len(o.Damage) == 0 || !strings.Contains(o.Damage[0].Reason, "differs") {
				t.Errorf("damage %v", o.Damage)
			}
			if !slices.ContainsFunc(o.Hashes, func(h format.Hash) bool { return !h.OK }) {
				t.Errorf("hashes %v", o.Hashes)
			}
		})
	}
}

// TestTruncated cuts each image: it opens without a checksum, or says what is not
// there.
func TestTruncated(t *testing.T) {
	for name, c := range images {
		t.Run(name, func(t *testing.T) {
			cut := c.image[:len(c.image)*3/4]
			o, err := c.reader.Open(t.Context(), format.InMemory(cut), format.NewBudget(1<<10, 1<<30, 1<<30, 100))
			switch {
			case err != nil && !strings.Contains(err.Error(), "at 0x"):
				t.Errorf("the error has no place: %v", err)
			case err == nil && len(o.Damage) == 0 && name != "realtek":
				t.Errorf("no damage: %+v", o)
			case err == nil && o.Length > int64(len(cut)):
				t.Errorf("%d of %d bytes", o.Length, len(cut))
			}
		})
	}
}

// TestPlaces has partitions that lie outside of the image or overlap: each is
// damage, and their bytes are looked through.
func TestPlaces(t *testing.T) {
	for name, c := range map[string]struct {
		offset uint32
		want   string
	}{
		"outside": {0x7fffffff, "lies outside"},
		"header":  {8, "overlaps"},
	} {
		t.Run(name, func(t *testing.T) {
			b := trx1()
			le.PutUint32(b[20:], c.offset)
			le.PutUint32(b[8:], jam(b[12:]))
			img := reference.Open(t, b)
			if !slices.ContainsFunc(img.Skipped, func(s firmware.Skipped) bool { return strings.Contains(s.Reason, c.want) }) {
				t.Errorf("skipped %v, want %q", img.Skipped, c.want)
			}
			if !slices.ContainsFunc(img.Files, func(f *firmware.File) bool { return strings.HasSuffix(f.Path, "etc/passwd") }) {
				t.Error("etc/passwd is not found")
			}
		})
	}
}

// TestGaps has bytes between the partitions that nothing explains: the header
// does not explain them either.
func TestGaps(t *testing.T) {
	junk := noise(8192)
	b := tplink1()
	k := 512 + kernelSize
	b = slices.Concat(b[:k], junk, b[k:])
	be.PutUint32(b[0x88:], uint32(k+len(junk)))
	img := reference.Open(t, b)
	if got := unexplained(img); got < int64(len(junk))-64 {
		t.Errorf("%d bytes are unexplained, want %d: %v", got, len(junk), img.Ranges)
	}
}

// TestChance has bytes that look like a header and hold nothing.
func TestChance(t *testing.T) {
	for name, c := range images {
		if slices.Contains(blind, name) {
			continue
		}
		t.Run(name, func(t *testing.T) {
			head := slices.Clone(c.image[:40])
			b := slices.Concat(noise(4096), head, noise(4096))
			if img := reference.Open(t, b); len(img.Containers) > 1 {
				t.Errorf("a container: %s", img.Containers[1].Type)
			}
		})
	}
}

// TestWeakSums has data with a sum of 16 bits that fits, and nothing inside: that
// is too little.
func TestWeakSums(t *testing.T) {
	for name, c := range map[string]*format.Format{"edimax": router.Edimax, "csys": router.Edimax} {
		body := noise(4096)
		b := fields(be, "CSYS", 0x80500000, 0x20000, "RN68", len(body)+2, body, words(be, body))
		if name == "csys" {
			b = fields(le, "CSYS", 0x80500000, len(body), body, words(le, body))
		}
		if img := reference.Open(t, b); len(img.Containers) > 1 || img.Containers[0].Type == c.Name {
			t.Errorf("%s: a container: %s", name, img.Containers[0].Type)
		}
	}
}

// TestNetgearSum has data that make the sums carry in every way.
func TestNetgearSum(t *testing.T) {
	for n := range 200 {
		body := append(bytes.Repeat([]byte{0xff}, n*7), byte(n))
		b := fields(be, "*#$^", 40, pad(8, "\x01"), netgear(body), 0, len(body), 0, netgear(body), 0, body)
		be.PutUint32(b[36:], uint32(netgear(b[:40])))
		o, err := router.CHK.Open(t.Context(), format.InMemory(b), nil)
		if err != nil || len(o.Hashes) != 2 || len(o.Damage) > 0 {
			t.Fatalf("%d bytes: %+v, %v", len(body), o, err)
		}
	}
}

// TestSeamaBlocks has two images in one file.
func TestSeamaBlocks(t *testing.T) {
	b := append(seama(), seama()[44:]...)
	o, err := router.Seama.Open(t.Context(), format.InMemory(b), nil)
	if err != nil || o.Length != int64(len(b)) || len(o.Hashes) != 2 || len(o.Damage) > 0 || names(o.Parts) != "image-2" {
		t.Errorf("%+v, %v", o, err)
	}
}

// TestNames has names of parts that are no names.
func TestNames(t *testing.T) {
	b := ubiquiti(false)
	copy(b[268+4:], pad(16, "../etc\n!x"))
	o, err := router.Ubiquiti.Open(t.Context(), format.InMemory(b), nil)
	if err != nil || o.Parts[0].Name != ".._etc_n_x" && o.Parts[0].Name != ".._etc__x" {
		t.Errorf("%v, %v", o.Parts, err)
	}
}

func unexplained(img *firmware.Image) (n int64) {
	for _, r := range img.Ranges {
		if r.Class == firmware.Unexplained {
			n += r.Length
		}
	}
	return n
}

func TestMutated(t *testing.T) {
	for name, c := range images {
		t.Run(name, func(t *testing.T) { formattest.Mutate(t, c.reader, c.image) })
	}
}

func FuzzRouter(f *testing.F) {
	for _, c := range images {
		f.Add(c.image)
		f.Add(c.image[:len(c.image)/2])
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, reader := range router.Formats() {
			formattest.Try(t, reader, data)
		}
	})
}

func BenchmarkOpen(b *testing.B) {
	for _, name := range []string{"trx 1", "chk", "tplink 1", "seama", "realtek", "zynos", "buffalo tag", "buffalo"} {
		c := images[name]
		b.Run(strings.ReplaceAll(name, " ", "-"), func(b *testing.B) {
			in := format.InMemory(c.image)
			b.SetBytes(in.Size)
			for b.Loop() {
				if _, err := c.reader.Open(b.Context(), in, format.NewBudget(1<<10, 1<<40, 1<<30, 100)); err != nil {
					b.Fatal(fmt.Errorf("%s: %w", name, err))
				}
			}
		})
	}
}
