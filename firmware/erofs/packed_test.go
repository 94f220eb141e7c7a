package erofs_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/assay-iot/assay/firmware/firmwaretest/reference"
)

var write = flag.Bool("write", false, "write the images of testdata, with mkfs.erofs 1.8 or later")

// The images of testdata hold one tree, packed in these ways. Debian 12 has no
// packer for most of them.
var packed = map[string]string{
	"legacy":  "-zlz4hc -Elegacy-compress,force-inode-extended",
	"lz4":     "-zlz4hc -C16384 -Ededupe",
	"shared":  "-zlz4hc -C16384 -Efragments,dedupe -x1",
	"lzma":    "-zlzma -C65536 -Eall-fragments -x1",
	"partial": "-zlzma -Ededupe",
	"deflate": "-zdeflate,9 -Eztailpacking -C16384",
	"small":   "-zlz4hc -b512 -C2048 -Efragments",
	"zstd":    "-zzstd,9 -Eztailpacking,dedupe -C8192",
	"chunks":  "--chunksize=4096 -x2",
}

// sample is the tree.
func sample() (files []*tar.Header, contents map[string][]byte) {
	var text bytes.Buffer
	for i := range 1500 {
		fmt.Fprintf(&text, "%d %x\n", i, sha256.Sum256([]byte{byte(i % 5)}))
	}
	var noise []byte
	for i := range 150 {
		sum := sha256.Sum256([]byte{byte(i), byte(i >> 8)})
		noise = append(noise, sum[:]...)
	}
	contents = map[string][]byte{
		"text": text.Bytes(), "noise": noise, "zeros": make([]byte, 70_000), "empty": nil,
		"tail":   text.Bytes()[50_000:58_000],
		"twin":   slices.Concat([]byte("another start\n"), text.Bytes()[8_000:40_000], []byte("another end\n")),
		"part":   text.Bytes()[:30_000],
		"mixed":  slices.Concat(text.Bytes()[:5_000], noise[:4_300], text.Bytes()[5_000:9_000]),
		"passwd": []byte("root:x:0:0::/:/bin/sh\n"),
	}
	for i := range 20 {
		contents[fmt.Sprintf("many/%02d", i)] = text.Bytes()[i*100 : i*250]
	}
	add := func(h tar.Header) { h.ModTime, h.Format = time.Unix(1e9, 0), tar.FormatPAX; files = append(files, &h) }
	add(tar.Header{Name: "many", Typeflag: tar.TypeDir, Mode: 0o1755, Uid: 7, Gid: 70_000})
	for name, content := range contents {
		h := tar.Header{Name: name, Typeflag: tar.TypeReg, Mode: 0o640, Uid: len(name), Gid: 5, Size: int64(len(content))}
		if strings.HasPrefix(name, "many/0") {
			h.PAXRecords = map[string]string{"SCHILY.xattr.security.selinux": "u:object_r:many:s0", "SCHILY.xattr.trusted.overlay.origin": name}
		}
		add(h)
	}
	add(tar.Header{Name: "again", Typeflag: tar.TypeLink, Linkname: "passwd"})
	add(tar.Header{Name: "link", Typeflag: tar.TypeSymlink, Linkname: "../no/where", Mode: 0o777})
	add(tar.Header{Name: "far", Typeflag: tar.TypeBlock, Mode: 0o600, Devmajor: 300, Devminor: 70_000})
	add(tar.Header{Name: "pipe", Typeflag: tar.TypeFifo, Mode: 0o4600})
	slices.SortFunc(files[1:], func(a, b *tar.Header) int { return strings.Compare(a.Name, b.Name) })
	at := slices.IndexFunc(files, func(h *tar.Header) bool { return h.Typeflag == tar.TypeLink })
	link := files[at]
	return append(slices.Delete(files, at, at+1), link), contents
}

// TestPacked reads the images of testdata.
func TestPacked(t *testing.T) {
	files, contents := sample()
	if *write {
		writeImages(t, files, contents)
	}
	all := images(t)
	delete(all, "prefix")
	for name, img := range all {
		t.Run(name, func(t *testing.T) {
			opened := reference.Open(t, img)
			var got, want []string
			for _, f := range opened.Files {
				got = append(got, fmt.Sprintf("%s %v %o %d:%d %d,%d %d %q %q %x", f.Name, f.Kind, f.Mode, f.UID, f.GID, f.Rdev>>32, uint32(f.Rdev), f.ModTime.Unix(), f.Link, f.Xattrs, f.Digest))
			}
			for _, h := range files {
				want = append(want, line(h, contents))
			}
			reference.Compare(t, got, want)
			for _, s := range opened.Skipped {
				if !strings.Contains(s.Reason, "entropy") { // what the noise is taken for
					t.Errorf("skipped: %v", s)
				}
			}
			if reference.Find(t, opened, "!passwd").HardLink == nil {
				t.Error("the hard link is lost")
			}
			again(t, opened)
		})
	}
}

// TestPrefixes reads an image whose attributes have long prefixes, in the packed
// inode. It was made with
//
//	mkfs.erofs -zlz4hc -Eall-fragments --xattr-prefix=user.overlay. --xattr-prefix=trusted.overlay.
//
// of a folder with three files.
func TestPrefixes(t *testing.T) {
	img := reference.Open(t, images(t)["prefix"])
	for _, n := range []string{"1", "2", "3"} {
		f := reference.Find(t, img, "!"+n)
		b, err := f.ReadFile()
		got := fmt.Sprintf("%q %q %v", f.Xattrs, b, err)
		want := fmt.Sprintf("%q %q %v", map[string]string{"user.overlay.origin": "v" + n, "trusted.overlay.o": "w"}, n+"\n", error(nil))
		if got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

// line describes a file of the sample.
func line(h *tar.Header, contents map[string][]byte) string {
	name, link, sum := h.Name, h.Linkname, [32]byte{}
	if h.Typeflag == tar.TypeLink {
		h = &tar.Header{Typeflag: tar.TypeReg, Mode: 0o640, Uid: len(link), Gid: 5, ModTime: h.ModTime}
		link, sum = "", sha256.Sum256(contents[link])
	} else if h.Typeflag == tar.TypeReg {
		sum = sha256.Sum256(contents[name])
	}
	kind := map[byte]string{tar.TypeReg: "file", tar.TypeDir: "directory", tar.TypeSymlink: "symlink", tar.TypeBlock: "block-device", tar.TypeFifo: "fifo"}[h.Typeflag]
	var xattrs map[string][]byte
	for k, v := range h.PAXRecords {
		if xattrs == nil {
			xattrs = map[string][]byte{}
		}
		xattrs[strings.TrimPrefix(k, "SCHILY.xattr.")] = []byte(v)
	}
	return fmt.Sprintf("%s %s %o %d:%d %d,%d %d %q %q %x", name, kind, h.FileInfo().Mode()&(fs.ModePerm|fs.ModeSetuid|fs.ModeSticky), h.Uid, h.Gid, h.Devmajor, h.Devminor, h.ModTime.Unix(), link, xattrs, sum)
}

// writeImages packs the sample and keeps what is small enough.
func writeImages(t *testing.T, files []*tar.Header, contents map[string][]byte) {
	t.Helper()
	var archive bytes.Buffer
	w := tar.NewWriter(&archive)
	for _, h := range files {
		if err := w.WriteHeader(h); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(contents[h.Name][:h.Size]); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	work := t.TempDir()
	if err := os.WriteFile(filepath.Join(work, "tar"), archive.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	tree := filepath.Join(work, "tree")
	if err := os.Mkdir(tree, 0o755); err != nil {
		t.Fatal(err)
	}
	reference.Run(t, tree, "tar", "--xattrs", "--xattrs-include=*", "-xpf", "../tar") // as root
	for name, options := range packed {
		args := append(strings.Fields(options), "--quiet", "-T1000000000", "-Uclear", "img", "tree")
		cmd := exec.Command("mkfs.erofs", args...)
		cmd.Dir = work
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", args, out)
		}
		img, err := os.ReadFile(filepath.Join(work, "img"))
		if err != nil {
			t.Fatal(err)
		}
		var small bytes.Buffer
		z, _ := gzip.NewWriterLevel(&small, gzip.BestCompression)
		if _, err := z.Write(img); err != nil {
			t.Fatal(err)
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		t.Logf("%s: %d bytes, packed %d", name, len(img), small.Len())
		if err := os.WriteFile(filepath.Join("testdata", name+".gz"), small.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
