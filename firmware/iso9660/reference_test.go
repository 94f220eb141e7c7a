package iso9660_test

import (
	"crypto/sha256"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/assay-iot/assay/firmware"
	"github.com/assay-iot/assay/firmware/firmwaretest/reference"
)

// deep adds directories that ISO 9660 cannot have without Rock Ridge's moves. Of a
// long link genisoimage writes what nobody reads, or runs for ever.
func deep(t testing.TB, tree string, long bool) {
	dir := filepath.Join(tree, "d1/d2/d3/d4/d5/d6/d7/d8/d9/d10/d11/d12/d13/d14/d15/d16")
	if err := os.MkdirAll(dir, 0o750); err != nil {
		t.Fatal(err)
	}
	_ = os.Chmod(filepath.Join(tree, "d1/d2/d3/d4/d5/d6/d7/d8/d9"), 0o711)
	for name, content := range map[string]string{
		"deep": "down here\n",
		"a-very-" + strings.Repeat("l", 230) + "-ong": "long\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	links := map[string]string{
		"absolute": "/etc/./shadow", "dots": "../..", "here": ".",
	}
	if long {
		links["wide"] = strings.Repeat("w", 200) + "/" + strings.Repeat("v", 250)
		links["long-link"] = strings.Repeat("../directory/", 60) + "end"
	}
	for name, target := range links {
		if err := os.Symlink(target, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
}

// plainNames removes the names that Joliet cannot have.
func plainNames(tree string) {
	for _, name := range []string{"new\nline", "\xff\xfe"} {
		_ = os.Remove(filepath.Join(tree, "odd", name))
	}
}

func read(t testing.TB, img string) []byte {
	t.Helper()
	data, err := os.ReadFile(img)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// complain reports what is skipped inside the file system.
func complain(t testing.TB, img *firmware.Image) {
	t.Helper()
	for _, s := range img.Skipped {
		if !strings.HasPrefix(s.Reason, "not recognised") {
			t.Errorf("skipped: %v", s)
		}
	}
}

// TestRockRidge packs a tree with two programs and compares the image with the
// tree.
func TestRockRidge(t *testing.T) {
	for _, command := range []string{
		"genisoimage -quiet -R -o img",
		"genisoimage -quiet -R -J -joliet-long -input-charset utf-8 -V LABEL -o img",
		"genisoimage -quiet -R -hide-rr-moved -no-pad -o img",
		"genisoimage -quiet -R -D -iso-level 4 -o img",
		"genisoimage -quiet -R -U -l -allow-multidot -o img",
		"genisoimage -quiet -R -z -o img",
		"xorriso -outdev img -blank as_needed -map . /",
		"xorriso -compliance rec_mtime:deep_paths_off:long_paths_off -outdev img -map . /",
		"xorriso -outdev img -joliet on -rockridge on -zisofs level=9:block_size=128k -map . / -set_filter_r --zisofs / -- ",
	} {
		t.Run(command, func(t *testing.T) {
			args := strings.Fields(command)
			work, tree := t.TempDir(), reference.Tree(t)
			deep(t, tree, args[0] == "xorriso")
			if slices.Contains(args, "-J") {
				plainNames(tree)
			}
			for i, a := range args {
				switch a {
				case "img":
					args[i] = filepath.Join(work, "img")
				case ".":
					args[i] = tree
				}
			}
			if args[0] == "genisoimage" {
				args = append(args, tree)
			}
			reference.Run(t, work, reference.Need(t, args[0]), args[1:]...)
			data := read(t, filepath.Join(work, "img"))
			img := reference.Open(t, append(data, "what follows the volume"...))
			complain(t, img)
			k := container(t, img)
			if k.Length > int64(len(data)) || k.Length < int64(len(data))-300*2048 || !k.Modes || k.Attributes["names"] != "rock-ridge" {
				t.Errorf("%d of %d bytes, %v", k.Length, len(data), k.Attributes)
			}
			got := slices.DeleteFunc(reference.InImage(img, "iso9660"), func(s string) bool { return strings.Contains(s, `rr_moved" dir`) })
			reference.Compare(t, got, reference.OnDisk(t, tree))
			if f := reference.Find(t, img, "!zeros"); strings.Contains(command, "--zisofs") == (f.Offset >= 0) {
				t.Errorf("zeros at 0x%x", f.Offset)
			}
			if a, b := reference.Find(t, img, "etc/shadow"), reference.Find(t, img, "etc/shadow-"); b.HardLink != a {
				t.Error("the hard link is lost")
			}
		})
	}
}

func container(t testing.TB, img *firmware.Image) *firmware.Container {
	t.Helper()
	i := slices.IndexFunc(img.Containers, func(c *firmware.Container) bool { return c.Type == "iso9660" })
	if i < 0 {
		t.Fatal("no iso9660")
	}
	return img.Containers[i]
}

// TestCompressed packs files that mkzftree compressed.
func TestCompressed(t *testing.T) {
	geniso, mkzftree := reference.Need(t, "genisoimage"), reference.Need(t, "mkzftree")
	tree, work := reference.Tree(t), t.TempDir()
	reference.Run(t, work, mkzftree, "-z9", tree, filepath.Join(work, "packed"))
	reference.Run(t, work, geniso, "-quiet", "-R", "-z", "-o", "img", "packed")
	img := reference.Open(t, read(t, filepath.Join(work, "img")))
	complain(t, img)
	reference.Compare(t, reference.InImage(img, "iso9660"), reference.OnDisk(t, tree))
	if f := reference.Find(t, img, "!zeros"); f.Offset != -1 || f.Size != 700_000 {
		t.Errorf("zeros: %+v", f)
	}
}

// TestNames packs without Rock Ridge, and compares the names and contents with
// those that bsdtar unpacks.
func TestNames(t *testing.T) {
	geniso, bsdtar := reference.Need(t, "genisoimage"), reference.Need(t, "bsdtar")
	tree := reference.Tree(t)
	plainNames(tree)
	for options, names := range map[string]string{
		"-iso-level 1":       "iso9660",
		"-iso-level 3 -l -d": "iso9660",
		"-iso-level 4":       "iso9660",
		"-N -U":              "iso9660",
		"-J":                 "joliet",
		"-J -joliet-long -ucs-level 1 -input-charset utf-8": "joliet",
	} {
		t.Run(options, func(t *testing.T) {
			work := t.TempDir()
			args := append(strings.Fields(options), "-quiet", "-o", "img", tree)
			reference.Run(t, work, geniso, args...)
			if err := os.Mkdir(filepath.Join(work, "out"), 0o755); err != nil {
				t.Fatal(err)
			}
			t.Setenv("LC_ALL", "C.UTF-8")
			reference.Run(t, work, bsdtar, "-xf", "img", "-C", "out")
			img := reference.Open(t, read(t, filepath.Join(work, "img")))
			complain(t, img)
			if k := container(t, img); k.Modes || k.Attributes["names"] != names {
				t.Errorf("modes %v, %v", k.Modes, k.Attributes)
			}
			reference.Compare(t, contents(img), onDisk(t, filepath.Join(work, "out")))
		})
	}
}

func contents(img *firmware.Image) (lines []string) {
	for _, f := range img.Files {
		if f.Container.Type == "iso9660" && f.Kind == firmware.Regular {
			lines = append(lines, fmt.Sprintf("%s %x", f.Name, f.Digest))
		}
	}
	return lines
}

func onDisk(t testing.TB, dir string) (lines []string) {
	_ = filepath.WalkDir(dir, func(p string, d os.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		name, _ := filepath.Rel(dir, p)
		lines = append(lines, fmt.Sprintf("%s %x", name, sha256.Sum256(read(t, p))))
		return nil
	})
	return lines
}

// TestDevices compares with what xorriso lists: it needs rights to make devices.
func TestDevices(t *testing.T) {
	tree := t.TempDir()
	mknod := reference.Need(t, "mknod")
	for _, args := range [][]string{{"null", "c", "1", "3"}, {"far", "b", "300", "70000"}, {"near", "c", "5", "200"}, {"pipe", "p"}} {
		if out, err := exec.Command(mknod, append([]string{"-m", "644", filepath.Join(tree, args[0])}, args[1:]...)...).CombinedOutput(); err != nil {
			t.Skipf("no devices here: %s", out)
		}
	}
	if err := os.Chown(filepath.Join(tree, "pipe"), 1000, 70000); err != nil {
		t.Skipf("no owners here: %v", err)
	}
	for _, packer := range [][]string{{"genisoimage", "-quiet", "-R", "-o", "img"}, {"xorriso", "-as", "mkisofs", "-quiet", "-R", "-o", "img"}} {
		t.Run(packer[0], func(t *testing.T) {
			work := t.TempDir()
			reference.Run(t, work, reference.Need(t, packer[0]), append(packer[1:], tree)...)
			var got []string
			for _, f := range reference.Open(t, read(t, filepath.Join(work, "img"))).Files {
				if f.Kind == firmware.Raw {
					continue // what the packer says of itself
				}
				got = append(got, fmt.Sprintf("%s %v %d:%d %d,%d", f.Name, f.Kind, f.UID, f.GID, f.Rdev>>32, uint32(f.Rdev)))
			}
			reference.Compare(t, got, []string{
				"far block-device 0:0 300,70000", "near char-device 0:0 5,200", "null char-device 0:0 1,3", "pipe fifo 1000:70000 0,0",
			})
		})
	}
}

// TestBoot has boot images that are files, and ones that only the boot catalog
// knows; a FAT in one of them is opened.
func TestBoot(t *testing.T) {
	mkfs, mcopy := reference.Need(t, "mkfs.fat"), reference.Need(t, "mcopy")
	geniso, xorriso := reference.Need(t, "genisoimage"), reference.Need(t, "xorriso")
	work := t.TempDir()
	tree := filepath.Join(work, "tree")
	_ = os.MkdirAll(filepath.Join(tree, "boot"), 0o755)
	_ = os.WriteFile(filepath.Join(work, "grub.cfg"), []byte("set timeout=0\n"), 0o644)
	reference.Run(t, work, mkfs, "-C", "efi.img", "2880")
	reference.Run(t, work, mcopy, "-i", "efi.img", "grub.cfg", "::")
	_ = os.WriteFile(filepath.Join(tree, "boot/x86.img"), []byte(strings.Repeat("a loader\n", 1000)), 0o644)
	_ = os.WriteFile(filepath.Join(tree, "boot/efi.img"), read(t, filepath.Join(work, "efi.img")), 0o644)
	for name, c := range map[string]struct {
		tool string
		args string
		boot string
		grub string
	}{
		"files": {
			geniso, "-quiet -R -b boot/x86.img -no-emul-boot -eltorito-alt-boot -e boot/efi.img -no-emul-boot -o img tree",
			"x86 no-emulation boot/x86.img, efi no-emulation boot/efi.img", "iso9660!boot/efi.img!fat!GRUB.CFG",
		},
		"hidden": {
			geniso, "-quiet -R -b boot/efi.img -hide efi.img -o img tree",
			"x86 floppy-2880 [BOOT]/1-x86.img", "iso9660![BOOT]/1-x86.img!fat!grub.cfg",
		},
		"platforms": {
			xorriso, "-as mkisofs -quiet -R -b boot/x86.img -no-emul-boot -eltorito-alt-boot -e boot/efi.img -no-emul-boot -o img tree",
			"x86 no-emulation boot/x86.img, efi no-emulation boot/efi.img", "iso9660!boot/efi.img!fat!grub.cfg",
		},
	} {
		t.Run(name, func(t *testing.T) {
			reference.Run(t, work, c.tool, strings.Fields(c.args)...)
			img := reference.Open(t, read(t, filepath.Join(work, "img")))
			complain(t, img)
			if got := container(t, img).Attributes["boot"]; got != c.boot {
				t.Errorf("boot %q, want %q", got, c.boot)
			}
			reference.Find(t, img, strings.ToLower(c.grub[strings.LastIndex(c.grub, "!"):]))
			for _, f := range img.Files {
				if strings.EqualFold(f.Path, "image.bin!"+c.grub) {
					return
				}
			}
			t.Errorf("no %s", c.grub)
		})
	}
}

// TestOnlyJoliet hides files from the tree of Rock Ridge.
func TestOnlyJoliet(t *testing.T) {
	geniso := reference.Need(t, "genisoimage")
	work, tree := t.TempDir(), reference.Tree(t)
	plainNames(tree)
	reference.Run(t, work, geniso, "-quiet", "-R", "-J", "-input-charset", "utf-8", "-hide", "*su", "-o", "img", tree)
	img := reference.Open(t, read(t, filepath.Join(work, "img")))
	complain(t, img)
	if f := reference.Find(t, img, "!bin/su"); f.Digest != sha256.Sum256([]byte("su")) || f.Mode != 0o644 {
		t.Errorf("the hidden file: %+v", f)
	}
}
