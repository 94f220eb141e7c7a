package firmware

import (
	"io"
	"os"
	"runtime"
	"sort"

	"github.com/assay-iot/assay/firmware/format"
)

// Whence of lseek(2) on Linux: the next data, the next hole.
const seekData, seekHole = 3, 4

const (
	maxHoles = 1 << 16  // of a file, that are known; what follows is read
	minHole  = 64 << 10 // bytes; a shorter one is read
)

// holes is a file with runs that were never written. They are zeros, and are not
// asked for.
type holes struct {
	*os.File
	runs []format.Span
}

// withHoles finds the holes of a file, if the system tells them.
func withHoles(f *os.File, size int64) io.ReaderAt {
	h := &holes{File: f}
	if runtime.GOOS != "linux" {
		return f
	}
	for at := int64(0); at < size && len(h.runs) < maxHoles; {
		data, err := f.Seek(at, seekData)
		if err != nil {
			data = size // there is none, or the file system does not know
			if at == 0 && !allHole(f) {
				return f
			}
		}
		if data = min(data, size); data-at >= minHole {
			h.runs = append(h.runs, format.Span{Offset: at, Length: data - at})
		}
		if data == size {
			break
		}
		if at, err = f.Seek(data, seekHole); err != nil {
			break
		}
	}
	if len(h.runs) == 0 {
		return f
	}
	return h
}

// allHole tells a file without data from one whose file system knows no holes: a
// hole begins at its first byte.
func allHole(f *os.File) bool {
	at, err := f.Seek(0, seekHole)
	return err == nil && at == 0
}

// ReadAt reads what was written, and zeros.
func (h *holes) ReadAt(p []byte, off int64) (n int, err error) {
	for n < len(p) && err == nil {
		at, part := off+int64(n), p[n:]
		if zeros := h.Zeros(at); zeros > 0 {
			part = part[:min(int64(len(part)), zeros)]
			clear(part)
			n += len(part)
			continue
		}
		if i := h.after(at); i < len(h.runs) {
			part = part[:min(int64(len(part)), h.runs[i].Offset-at)]
		}
		var got int
		got, err = h.File.ReadAt(part, at)
		n += got
	}
	if n == len(p) {
		err = nil
	}
	return n, err
}

// after is the first hole that ends behind a place.
func (h *holes) after(at int64) int {
	return sort.Search(len(h.runs), func(i int) bool { return h.runs[i].Offset+h.runs[i].Length > at })
}

// Zeros is for how many bytes from a place on a hole goes on.
func (h *holes) Zeros(at int64) int64 {
	i := h.after(at)
	if i == len(h.runs) || h.runs[i].Offset > at {
		return 0
	}
	return h.runs[i].Offset + h.runs[i].Length - at
}

// sparse is a reader that knows of runs of zeros: how many bytes there are of one that
// has the byte at a place, from there on.
type sparse interface{ Zeros(off int64) int64 }

// zerosAt is how many bytes of an input, from a place on, are in a hole of the
// file that it is a part of.
func zerosAt(in format.Input, at int64) int64 {
	end := in.Size - at
	for r := in.ReaderAt; ; {
		switch of := r.(type) {
		case *io.SectionReader:
			outer, off, _ := of.Outer()
			r, at = outer, at+off
		case *cache:
			r = of.file
		case sparse:
			return min(of.Zeros(at), end)
		default:
			return 0
		}
	}
}
