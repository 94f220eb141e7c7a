package folder

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/sumdb/note"

	"github.com/assay-iot/assay/labels/log"
)

// KeyFile is the name of the file in which the log's verifier key stands: one line,
// origin+hash+key, as a trust policy names the log.
const KeyFile = "log.pub"

const maxKey = 4 << 10

// ErrNotLog says that a folder holds no log.
var ErrNotLog = errors.New("not a log of labels")

// Create makes an empty log in a folder that is not there yet, or is empty, and
// publishes its first checkpoint. key is the verifier key of signer.
func Create(ctx context.Context, dir string, signer note.Signer, key string) (*Log, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	there, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	there = slices.DeleteFunc(there, func(e fs.DirEntry) bool { return e.Name() == KeyFile+unfinished })
	if len(there) > 0 {
		return nil, fmt.Errorf("%w: %s is not empty", fs.ErrExist, dir)
	}
	l, err := Open(dir, key)
	if err != nil {
		return nil, err
	}
	if err := keep(filepath.Join(dir, KeyFile), key+"\n"); err != nil {
		return nil, err
	}
	return l, l.append(ctx, signer, nil)
}

// unfinished ends the name of a file that is being written.
const unfinished = ".new"

// keep writes a file that is there whole or not at all.
func keep(name, text string) error {
	f, err := os.Create(name + unfinished)
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(name+unfinished, name)
}

// Key reads the verifier key of the log in a folder.
func Key(dir string) (string, error) {
	info, err := os.Stat(filepath.Join(dir, KeyFile))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "", fmt.Errorf("%w: there is no %s in %s", ErrNotLog, KeyFile, dir)
	case err != nil:
		return "", err
	case !info.Mode().IsRegular() || info.Size() > maxKey:
		return "", fmt.Errorf("%w: %s in %s is no key", ErrNotLog, KeyFile, dir)
	}
	data, err := os.ReadFile(filepath.Join(dir, KeyFile))
	if err != nil {
		return "", err
	}
	key := strings.TrimSuffix(string(data), "\n")
	if log.Name(key) == "" {
		return "", fmt.Errorf("%w: %s in %s is no key", ErrNotLog, KeyFile, dir)
	}
	return key, nil
}
