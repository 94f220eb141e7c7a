package firmware

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"time"
)

// Limits bound what a hostile image can make the reader do. A zero field takes
// the value of DefaultLimits.
type Limits struct {
	Depth      int           // containers inside one another
	Files      int           // entries in the whole image
	TotalBytes int64         // unpacked bytes in the whole image
	FileBytes  int64         // bytes of one file or stream held in memory
	Ratio      int64         // unpacked to packed bytes of one stream, beyond the first 16 MiB
	Time       time.Duration // per container
}

// DefaultLimits suit images of up to a few gigabytes.
var DefaultLimits = Limits{
	Depth:      16,
	Files:      1 << 20,
	TotalBytes: 16 << 30,
	FileBytes:  512 << 20,
	Ratio:      4096,
	Time:       2 * time.Minute,
}

// Options say how to open an image.
type Options struct {
	Limits Limits
	// Visit, if set, is called once for each Regular or Raw file that was read
	// whole, with its content, while the image is read: in the order of the disk,
	// from several goroutines at once. The file's Path, Kind, Mode, owner, Size
	// and Digest are set. The content must not be kept or changed. Hard links are
	// visited once.
	Visit func(f *File, content []byte)
	// Workers is the number of goroutines that decompress; 0 means one per processor.
	Workers int
}

// Source is an image to open: Bytes, or what SourceFile and SourceFS give.
type Source struct {
	Name   string
	Reader io.ReaderAt // nil for a folder
	Size   int64
	Folder fs.FS // nil for an image file
	// Modes says that the folder's modes are those of the device, and its owners
	// too where a FileInfo's Sys has the method Owner() (uid, gid uint32). An
	// unpacked folder has lost both.
	Modes bool
}

// Bytes makes a Source of bytes in memory.
func Bytes(name string, data []byte) Source {
	return Source{Name: name, Reader: bytes.NewReader(data), Size: int64(len(data))}
}

// Open opens an image. An image in which nothing is recognised is no error: it
// comes back Opaque. An error means that the source itself could not be read,
// that it is empty, or that ctx ended.
func Open(ctx context.Context, src Source, opts Options) (*Image, error) {
	if src.Folder != nil {
		return openFolder(ctx, src, opts)
	}
	return nil, errors.ErrUnsupported
}

func openFolder(ctx context.Context, src Source, opts Options) (*Image, error) {
	c := &Container{Type: "folder", Path: src.Name, FileSystem: true, Modes: src.Modes, files: map[string]*File{}}
	img := &Image{Name: src.Name, Containers: []*Container{c}}
	err := fs.WalkDir(src.Folder, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return fmt.Errorf("folder %s: %w", name, err)
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if name == "." {
			return nil
		}
		info, err := d.Info()
		if err != nil {
			return fmt.Errorf("folder %s: %w", name, err)
		}
		f := &File{Path: src.Name + "!" + name, Name: name, Container: c, Mode: info.Mode() & (fs.ModePerm | fs.ModeSetuid | fs.ModeSetgid | fs.ModeSticky), ModTime: info.ModTime(), Offset: -1}
		if o, ok := info.Sys().(interface{ Owner() (uid, gid uint32) }); ok {
			f.UID, f.GID = o.Owner()
		}
		switch info.Mode().Type() {
		case 0:
			f.Kind, f.Size = Regular, info.Size()
			f.read = func() ([]byte, error) { return fs.ReadFile(src.Folder, name) }
		case fs.ModeDir:
			f.Kind = Directory
		case fs.ModeSymlink:
			f.Kind = Symlink
			if r, ok := src.Folder.(fs.ReadLinkFS); ok {
				f.Link, err = r.ReadLink(name)
			}
		default:
			f.Kind = Socket
		}
		c.files[name] = f
		img.Files = append(img.Files, f)
		return err
	})
	if err != nil {
		return nil, err
	}
	for _, f := range img.Files {
		if f.Kind == Regular {
			data, err := f.read()
			if err != nil {
				return nil, err
			}
			f.Digest = sha256.Sum256(data)
			img.Size += f.Size
			if opts.Visit != nil {
				opts.Visit(f, data)
			}
		}
	}
	img.Ranges = []Range{{0, img.Size, Opened, "folder"}}
	slices.SortFunc(img.Files, func(a, b *File) int { return cmp.Compare(a.Path, b.Path) })
	return img, nil
}

// SourceFile opens a file or folder of the machine as a Source; close it after use.
func SourceFile(name string) (Source, io.Closer, error) {
	info, err := os.Stat(name)
	if err != nil {
		return Source{}, nil, err
	}
	if info.IsDir() {
		root, err := os.OpenRoot(name)
		if err != nil {
			return Source{}, nil, err
		}
		return Source{Name: path.Base(name), Folder: root.FS()}, root, nil
	}
	f, err := os.Open(name)
	if err != nil {
		return Source{}, nil, err
	}
	return Source{Name: path.Base(name), Reader: f, Size: info.Size()}, f, nil
}
