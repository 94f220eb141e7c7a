package nand_test

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/assay-iot/assay/firmware"
	"github.com/assay-iot/assay/firmware/firmwaretest"
	"github.com/assay-iot/assay/firmware/firmwaretest/reference"
	"github.com/assay-iot/assay/firmware/format/formattest"
	"github.com/assay-iot/assay/firmware/nand"
)

// dump puts spare bytes behind each page, filled up to whole blocks of 64 pages: those of
// erased pages are ones, others hold a mark, numbers like a parity, or a secret.
func dump(image []byte, page, spare int, secret string) []byte {
	const pages = 64
	image = slices.Concat(image, bytes.Repeat([]byte{0xff}, (page*pages-len(image)%(page*pages))%(page*pages)))
	parity := rand.NewChaCha8([32]byte{3})
	var out []byte
	for one := range slices.Chunk(image, page) {
		out = append(out, one...)
		oob := bytes.Repeat([]byte{0xff}, spare)
		if len(bytes.Trim(one, "\xff")) > 0 {
			_, _ = parity.Read(oob[spare/2:])
			secret = secret[copy(oob[2:spare/2], secret):]
		}
		out = append(out, oob...)
	}
	return out
}

// content is a root file system that is longer than some pages.
func content(t testing.TB) []byte {
	t.Helper()
	return firmwaretest.Squashfs(
		firmwaretest.Text("etc/passwd", 0o644, "root:x:0:0::/:/bin/sh\n"), firmwaretest.Dir("bin", 0o755),
		firmwaretest.Text("etc/long", 0o644, strings.Repeat("a line that is no other\n", 30_000)),
		firmwaretest.Binary("boot/kernel", 0o644, firmwaretest.Kernel("5.10.1", 400_000)))
}

// inUBI is a volume with a content.
func inUBI(t testing.TB, content []byte, options string) []byte {
	t.Helper()
	dir := t.TempDir()
	for name, b := range map[string][]byte{"root": content, "ini": []byte("[v]\nmode=ubi\nvol_id=0\nvol_type=static\nvol_name=rootfs\nimage=root\n")} {
		if err := os.WriteFile(filepath.Join(dir, name), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	reference.Run(t, dir, reference.Need(t, "ubinize"), append(strings.Fields(options), "-o", "ubi", "ini")...)
	image, err := os.ReadFile(filepath.Join(dir, "ubi"))
	if err != nil {
		t.Fatal(err)
	}
	return image
}

// kernelIn fails if the kernel of the content is not in an image as it was.
func kernelIn(t *testing.T, img *firmware.Image, types string) {
	t.Helper()
	f := reference.Find(t, img, "!boot/kernel")
	var got []string
	for _, c := range img.Containers {
		if c.Type != "raw" { // the spare bytes
			got = append(got, c.Type)
		}
	}
	if f.Digest != sha256.Sum256(firmwaretest.Kernel("5.10.1", 400_000)) || strings.Join(got, " ") != types {
		t.Errorf("containers %v, want %s; %+v", got, types, f)
	}
	for _, s := range img.Skipped {
		t.Errorf("skipped: %+v", s)
	}
}

func TestUBI(t *testing.T) {
	root := content(t)
	for _, c := range []struct {
		page, spare int
		options     string
	}{
		{2048, 64, "-m 2048 -p 128KiB"},
		{2048, 64, "-m 2048 -s 512 -p 128KiB"},
		{2048, 128, "-m 2048 -p 128KiB"},
		{512, 16, "-m 512 -p 16KiB"},
		{4096, 128, "-m 4096 -p 256KiB"},
		{4096, 224, "-m 4096 -p 256KiB"},
		{4096, 256, "-m 4096 -s 1024 -p 256KiB"},
		{8192, 256, "-m 8192 -p 512KiB"},
	} {
		t.Run(fmt.Sprint(c.page, "+", c.spare, " ", c.options), func(t *testing.T) {
			image := inUBI(t, root, c.options)
			img := reference.Open(t, dump(image, c.page, c.spare, ""))
			kernelIn(t, img, "nand ubi squashfs")
			if a := img.Containers[0].Attributes; a["page"] != fmt.Sprint(c.page) || a["spare"] != fmt.Sprint(c.spare) {
				t.Errorf("attributes %v", a)
			}
			kernelIn(t, reference.Open(t, image), "ubi squashfs")
		})
	}
}

func TestSquashfs(t *testing.T) {
	root := content(t)
	for _, g := range [][2]int{{2048, 64}, {2048, 128}, {512, 16}, {4096, 128}, {4096, 224}, {8192, 256}} {
		t.Run(fmt.Sprint(g), func(t *testing.T) { kernelIn(t, reference.Open(t, dump(root, g[0], g[1], "")), "nand squashfs") })
	}
	kernelIn(t, reference.Open(t, root), "squashfs")
}

// TestFront has the pages of a boot loader in front.
func TestFront(t *testing.T) {
	loader := bytes.Repeat([]byte("U-Boot 2021.01 (some code of a loader)\n\x00"), 9000)
	loader = append(loader, make([]byte, 512<<10-len(loader))...)
	image := inUBI(t, content(t), "-m 2048 -p 128KiB")
	img := reference.Open(t, dump(slices.Concat(loader, image), 2048, 64, ""))
	f := reference.Find(t, img, "!boot/kernel")
	if k := img.Containers[0]; k.Type != "nand" || k.Offset != 0 || k.Length != img.Size || f.Digest != sha256.Sum256(firmwaretest.Kernel("5.10.1", 400_000)) {
		t.Errorf("%+v, %+v", k, f)
	}
}

// TestSecret offers what somebody hid in the spare bytes.
func TestSecret(t *testing.T) {
	const secret = "-----BEGIN RSA PRIVATE KEY-----\nMIIB"
	if b := dump(content(t), 2048, 128, secret); !formattest.Offered(t, nand.Format, b, secret) {
		t.Error("the spare bytes are not given to those who search")
	}
}

// TestNoDump takes nothing for a dump that is none.
func TestNoDump(t *testing.T) {
	root := content(t)
	image := inUBI(t, root, "-m 2048 -p 128KiB")
	for name, b := range map[string][]byte{
		"ubi":                 image,
		"ubi, cut":            image[:len(image)*2/3],
		"squashfs, cut":       root[:len(root)-3000],
		"fills pages":         slices.Concat(root, make([]byte, 2112*64-len(root)%(2112*64))),
		"a damaged squashfs":  slices.Concat(root[:len(root)-600], make([]byte, 600)),
		"two of them":         slices.Concat(root, make([]byte, 4096-len(root)%4096), root),
		"the magic and noise": slices.Concat([]byte("hsqs"), dump(image, 2048, 64, "")[100:50000]),
	} {
		for _, c := range reference.Open(t, b).Containers {
			if c.Type == "nand" {
				t.Errorf("%s: %+v", name, c)
			}
		}
	}
}

// opaque is bytes that no packer makes shorter.
func opaque(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.NewChaCha8([32]byte{5}).Read(b)
	return b
}

func seeds(t testing.TB) [][]byte {
	small := firmwaretest.Squashfs(firmwaretest.Binary("a", 0o644, opaque(3000)), firmwaretest.Text("b", 0o644, "text"))
	all := [][]byte{dump(small, 512, 16, "")}
	if reference.Has("ubinize") {
		all = append(all, dump(inUBI(t, small, "-m 512 -p 16KiB"), 512, 16, ""))
	}
	return all
}

func TestMutated(t *testing.T) { formattest.Mutate(t, nand.Format, seeds(t)...) }

func FuzzNAND(f *testing.F) { formattest.Fuzz(f, nand.Format, seeds(f)...) }
