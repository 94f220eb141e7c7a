package firmwaretest

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"strings"
	"time"
)

// Cpio packs files into a cpio archive of the "newc" kind, as an initramfs is.
func Cpio(files ...File) []byte {
	all, err := complete(files)
	if err != nil {
		panic(err)
	}
	inodes, links := map[string]int{}, map[string]int{}
	for i, f := range all {
		inodes[f.Name] = i + 1
		if f.HardLink != "" {
			links[f.HardLink]++
		}
	}
	var b bytes.Buffer
	for _, f := range all {
		target := f.Name
		if f.HardLink != "" {
			target = f.HardLink
		}
		cpioEntry(&b, f, inodes[target], 1+links[target])
	}
	cpioEntry(&b, File{Name: "TRAILER!!!"}, 0, 1)
	b.Write(make([]byte, -b.Len()&511))
	return b.Bytes()
}

func cpioEntry(b *bytes.Buffer, f File, inode, links int) {
	content := f.Data
	if f.Link != "" {
		content = []byte(f.Link)
	}
	mode := unixMode(f.Mode)
	if f.Name == "TRAILER!!!" {
		mode = 0
	}
	fmt.Fprintf(b, "070701%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%s\x00",
		inode, mode, f.UID, f.GID, links, unixTime(f.ModTime), len(content),
		0, 0, f.Rdev>>32, uint32(f.Rdev), len(f.Name)+1, 0, f.Name)
	b.Write(make([]byte, -b.Len()&3))
	b.Write(content)
	b.Write(make([]byte, -b.Len()&3))
}

// Tar packs files into a tar archive.
func Tar(files ...File) []byte {
	all, err := complete(files)
	if err != nil {
		panic(err)
	}
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, f := range all {
		h := &tar.Header{
			Name: f.Name, Mode: int64(unixMode(f.Mode) & 0o7777), Uid: int(f.UID), Gid: int(f.GID),
			ModTime: time.Unix(int64(unixTime(f.ModTime)), 0), Typeflag: tar.TypeReg, Size: int64(len(f.Data)),
			Linkname: f.Link, Devmajor: int64(f.Rdev >> 32), Devminor: int64(uint32(f.Rdev)),
		}
		switch unixMode(f.Mode) & 0o170000 {
		case 0o040000:
			h.Typeflag, h.Name = tar.TypeDir, f.Name+"/"
		case 0o120000:
			h.Typeflag = tar.TypeSymlink
		case 0o020000:
			h.Typeflag = tar.TypeChar
		case 0o060000:
			h.Typeflag = tar.TypeBlock
		case 0o010000:
			h.Typeflag = tar.TypeFifo
		}
		if f.HardLink != "" {
			h.Typeflag, h.Linkname, h.Size = tar.TypeLink, f.HardLink, 0
		}
		if err := w.WriteHeader(h); err != nil {
			panic(err)
		}
		if h.Size > 0 {
			_, err = w.Write(f.Data)
		}
		if err != nil {
			panic(err)
		}
	}
	if err := w.Close(); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// Zip packs files into a zip archive, deflated.
func Zip(files ...File) []byte {
	all, err := complete(files)
	if err != nil {
		panic(err)
	}
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, f := range all {
		h := &zip.FileHeader{Name: f.Name, Method: zip.Deflate}
		h.SetMode(f.Mode)
		if f.Mode.IsDir() {
			h.Name, h.Method = strings.TrimSuffix(f.Name, "/")+"/", zip.Store
		}
		content := f.Data
		if f.Link != "" {
			content = []byte(f.Link)
		}
		e, err := w.CreateHeader(h)
		if err == nil && !f.Mode.IsDir() {
			_, err = e.Write(content)
		}
		if err != nil {
			panic(err)
		}
	}
	if err := w.Close(); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// Gzip compresses data into one gzip member with a name in its header.
func Gzip(name string, data []byte) []byte {
	var b bytes.Buffer
	w, _ := gzip.NewWriterLevel(&b, gzip.BestCompression)
	w.Name = name
	_, _ = w.Write(data)
	_ = w.Close()
	return b.Bytes()
}

// UImageHeader is what the header of a U-Boot image says beside the name. The
// numbers are those of U-Boot's include/image.h.
type UImageHeader struct {
	OS, Arch, Type, Compression uint8 // 5 is Linux; 2 ARM, 5 MIPS; 2 kernel, 3 ramdisk, 4 multi; 0 none, 1 gzip, 3 lzma
	Load, Entry                 uint32
	Time                        time.Time
}

// UImage puts the legacy header of U-Boot, with both checksums, in front of a
// payload.
func UImage(name string, payload []byte, h UImageHeader) []byte {
	var label [32]byte
	copy(label[:], name)
	head := make([]byte, 0, 64)
	for _, v := range []any{
		uint32(0x27051956), uint32(0), unixTime(h.Time), uint32(len(payload)), h.Load, h.Entry,
		crc32.ChecksumIEEE(payload), h.OS, h.Arch, h.Type, h.Compression, label,
	} {
		head, _ = binary.Append(head, binary.BigEndian, v)
	}
	binary.BigEndian.PutUint32(head[4:], crc32.ChecksumIEEE(head))
	return append(head, payload...)
}

// Kernel makes bytes that stand in for a Linux kernel of a size: they look like
// code, hold the kernel's banner, and do nothing.
func Kernel(version string, size int) []byte {
	banner := "\x00Linux version " + version + " (builder@example) (gcc 12.3.0) #1 Thu Jan 1 00:00:00 UTC 1970\n\x00"
	b := make([]byte, max(size, len(banner)))
	x := uint32(2463534242)
	for i := range b {
		x ^= x << 13
		x ^= x >> 17
		x ^= x << 5
		b[i] = byte(x>>3) & byte(x>>11) // more zeros than ones, as code has
	}
	copy(b[len(b)/2-len(banner)/2:], banner)
	return b
}
