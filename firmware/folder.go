package firmware

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"github.com/assay-iot/assay/firmware/format"
)

// openFolder opens a plain folder. Only a folder that cannot be read at all is
// an error; what vanishes or is refused while it is read stands in Skipped.
func (o *opener) openFolder(src Source) error {
	k := &Container{
		Type: "folder", Path: src.Name, FileSystem: true, Modes: src.Modes,
		Attributes: map[string]string{}, files: map[string]*File{},
	}
	o.img.Containers = append(o.img.Containers, k)
	o.img.Size = 0
	t := &folderTree{fs: src.Folder, most: o.opts.Limits.FileBytes}
	if err := t.load(o.ctx, o.budget); err != nil {
		return err
	}
	for _, d := range t.damage {
		o.skip(k.Path, 0, 0, d)
	}
	ctx, cancel := context.WithTimeout(o.ctx, o.opts.Limits.Time)
	defer cancel()
	p, files := &place{path: src.Name}, o.plant(ctx, k, format.Input{}, t)
	if _, err := o.reap(p, k, format.Input{}, files); err != nil {
		return err
	}
	for _, f := range o.img.Files {
		if f.Container == k && f.Kind == Regular {
			o.img.Size += f.Size
		}
	}
	lost(&format.Opened{Tree: t}, files.files, &files.lost)
	o.img.Ranges = files.lost.settle([]Range{{0, o.img.Size, Opened, "folder"}}, o.img.Size)
	o.img.Digest = o.listing(k)
	return nil
}

// listing is the digest of a folder: of a line for each entry, in the order of
// the walk, which is the order of names within each directory.
func (o *opener) listing(k *Container) [32]byte {
	sum := sha256.New()
	for _, f := range o.img.Files {
		if f.Container != k {
			continue
		}
		fmt.Fprintf(sum, "%s %q %q", f.Kind, f.Name, f.Link)
		if k.Modes {
			fmt.Fprintf(sum, " %v %d %d", f.Mode, f.UID, f.GID)
		}
		fmt.Fprintf(sum, " %x\n", f.Digest)
	}
	return [32]byte(sum.Sum(nil))
}

// folderTree is a folder as a format.Tree.
type folderTree struct {
	fs      fs.FS
	most    int64
	entries []format.Entry
	damage  []string
}

func (t *folderTree) load(ctx context.Context, b *format.Budget) error {
	return fs.WalkDir(t.fs, ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil && name == ".":
			return err
		case err != nil:
			t.damage = append(t.damage, err.Error())
			return nil
		case name == ".":
			return nil
		}
		if err := b.Entry(name); err != nil {
			return err
		}
		return t.add(name, d)
	})
}

func (t *folderTree) add(name string, d fs.DirEntry) error {
	info, err := d.Info()
	if err != nil {
		t.damage = append(t.damage, err.Error())
		return nil
	}
	e := format.Entry{Name: name, Mode: info.Mode(), Size: info.Size(), ModTime: info.ModTime(), Inode: len(t.entries), Offset: -1}
	if owner, ok := info.Sys().(interface{ Owner() (uid, gid uint32) }); ok {
		e.UID, e.GID = owner.Owner()
	}
	if !e.Mode.IsRegular() {
		e.Size = 0
	}
	if r, ok := t.fs.(fs.ReadLinkFS); ok && e.Mode&fs.ModeSymlink != 0 {
		if e.Link, err = r.ReadLink(name); err != nil {
			t.damage = append(t.damage, err.Error())
		}
	}
	t.entries = append(t.entries, e)
	return nil
}

// Entries lists the files in the order of the walk.
func (t *folderTree) Entries() []format.Entry { return t.entries }

// Batches has one batch for each regular file.
func (t *folderTree) Batches() []format.Batch { return format.OneByOne(t) }

// file opens a file.
func (t *folderTree) file(i int) (fs.File, error) {
	f, err := t.fs.Open(t.entries[i].Name)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = errors.New("is no regular file any more")
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// Pour reads a file that is too long for memory.
func (t *folderTree) Pour(i int, to format.Sink) error {
	f, err := t.file(i)
	if err != nil {
		return err
	}
	defer f.Close()
	return format.Drain(to, f, t.entries[i].Size)
}

// Read reads a file whole.
func (t *folderTree) Read(i int) ([]byte, error) {
	f, err := t.file(i)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, t.most+1))
	if err == nil && int64(len(data)) > t.most {
		err = fmt.Errorf("more than %d bytes: %w", t.most, format.ErrLimit)
	}
	return data, err
}
