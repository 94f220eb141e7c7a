package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/assay-iot/assay"
)

// batchFile says what the batch in a folder is, so that it can be gone on with.
const batchFile = "batch.json"

// batchFormat is the format id of that file.
const batchFormat = "assay.batch/v1"

// batchHead is what all labels of a batch have in common. It does not change when
// a batch is gone on with, on whatever day.
type batchHead struct {
	Format     string       `json:"format"`
	Issued     string       `json:"issued"`
	ValidUntil string       `json:"validUntil,omitempty"`
	Issuer     string       `json:"issuer,omitempty"`
	Address    string       `json:"address,omitempty"`
	Key        string       `json:"key,omitempty"` // that signs; empty if keyless
	Policy     assay.Digest `json:"policy,omitempty"`
	Schemes    []string     `json:"schemes,omitempty"`
	Status     string       `json:"statusList,omitempty"` // address
	Log        string       `json:"log,omitempty"`        // verifier key
	Demo       bool         `json:"demo,omitempty"`
	Tool       string       `json:"tool"`
}

// batchFolder is where the labels of a batch go. It is locked while it is open.
type batchFolder struct {
	dir  string
	head batchHead
	lock *os.File
}

// openBatch makes the folder of a batch, or opens that of one which was begun with
// the same settings. An issue date that was not asked for is that of the beginning.
func openBatch(dir string, h batchHead, dated bool) (*batchFolder, error) {
	h.Format = batchFormat
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	b := &batchFolder{dir: dir, head: h}
	if err := b.begin(); err != nil {
		return nil, err
	}
	var err error
	if b.lock, err = os.Open(filepath.Join(dir, batchFile)); err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(b.lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		b.close()
		return nil, badInput("wait until it has ended", "another program writes labels to %s", dir)
	}
	if err := b.same(dated); err != nil {
		b.close()
		return nil, err
	}
	return b, b.sweep()
}

func (b *batchFolder) close() { b.lock.Close() }

// begin writes what the batch is, once.
func (b *batchFolder) begin() error {
	name := filepath.Join(b.dir, batchFile)
	if _, err := os.Lstat(name); err == nil {
		return nil
	}
	there, err := os.ReadDir(b.dir)
	if err != nil {
		return err
	}
	for _, f := range there {
		if !strings.HasPrefix(f.Name(), ".") {
			return badInput("give an empty folder, or that of a batch that was begun", "--out %s is not empty, and holds no %s", b.dir, batchFile)
		}
	}
	data, err := json.MarshalIndent(b.head, "", "  ")
	if err != nil {
		return err
	}
	// Made by several programs at once, the first one wins.
	temp := fmt.Sprintf("%s%s-%d", filepath.Join(b.dir, "."), batchFile, os.Getpid())
	if err := writeSynced(temp, append(data, '\n')); err != nil {
		return err
	}
	defer os.Remove(temp)
	if err := os.Link(temp, name); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return syncFolder(b.dir)
}

// same demands that the batch was begun with these settings.
func (b *batchFolder) same(dated bool) error {
	name := filepath.Join(b.dir, batchFile)
	data, err := readLimited(name, 64<<10)
	if err != nil {
		return err
	}
	var begun batchHead
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&begun); err != nil || begun.Format != batchFormat {
		return badInput("give another folder", "%s is not that of a batch", name)
	}
	if !dated {
		b.head.Issued = begun.Issued
	}
	was, err := json.Marshal(begun)
	if err != nil {
		return err
	}
	now, err := json.Marshal(b.head)
	if err == nil && !bytes.Equal(was, now) {
		return badInput("go on with the same settings, or give another --out",
			"the batch in %s was begun with other settings:\n  %s\n  %s", b.dir, was, now)
	}
	return err
}

// sweep takes away what a run that was killed has left unfinished.
func (b *batchFolder) sweep() error {
	there, err := os.ReadDir(b.dir)
	if err != nil {
		return err
	}
	for _, f := range there {
		if strings.HasPrefix(f.Name(), ".") {
			if err := os.RemoveAll(filepath.Join(b.dir, f.Name())); err != nil {
				return err
			}
		}
	}
	return nil
}

// place is the folder of a label.
func (b *batchFolder) place(name string) string { return filepath.Join(b.dir, name) }

func (b *batchFolder) unfinished(name string) string { return filepath.Join(b.dir, "."+name) }

// prepare writes the files of a label where they are not seen yet.
func (b *batchFolder) prepare(name string, files []labelFile) error {
	dir := b.unfinished(name)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for _, f := range files {
		if err := os.WriteFile(filepath.Join(dir, f.name), f.data, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// publish shows prepared labels, each at once and whole, when they are on the disk.
func (b *batchFolder) publish(list []*made) error {
	var files, names []string
	for _, m := range list {
		names = append(names, m.order.name)
		for _, f := range m.files {
			files = append(files, filepath.Join(b.unfinished(m.order.name), f.name))
		}
		files = append(files, b.unfinished(m.order.name))
	}
	if err := flush(b.dir, files); err != nil {
		return err
	}
	for _, name := range names {
		if err := os.Rename(b.unfinished(name), b.place(name)); err != nil {
			return err
		}
	}
	return syncFolder(b.dir)
}

func writeSynced(name string, data []byte) error {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o644)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

func syncFolder(name string) error {
	d, err := os.Open(name)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
