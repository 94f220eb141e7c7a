// Package folder keeps a transparency log of labels in a folder: tiles and
// entries as static files (c2sp.org/tlog-tiles), which any web server hands out
// and anyone can go through.
package folder

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/transparency-dev/tessera"
	"github.com/transparency-dev/tessera/client"
	"github.com/transparency-dev/tessera/storage/posix"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/assay-iot/assay/labels/log"
)

const (
	batch    = 1024                   // entries written at once
	interval = 100 * time.Millisecond // the shortest that the library takes
	patience = time.Minute
)

// Log is a log in a folder.
type Log struct {
	dir string
	key string // for checkpoints
}

// Open opens the log in dir, whose checkpoints are signed with key. The folder
// may be empty: then the log begins with the first entry.
func Open(dir, key string) (*Log, error) {
	if _, err := note.NewVerifier(key); err != nil {
		return nil, fmt.Errorf("log key: %w", err)
	}
	info, err := os.Stat(dir)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		return nil, fmt.Errorf("%s is not a folder", dir)
	}
	return &Log{dir: dir, key: key}, nil
}

// Digest is the SHA-256 of a label's statement: an entry.
type Digest = [sha256.Size]byte

// Append adds the labels that the log does not hold, in their order, and proves
// every one, in the order given.
func (l *Log) Append(ctx context.Context, signer note.Signer, digests []Digest) ([]*log.Proof, error) {
	known, err := l.entries(ctx)
	if err != nil {
		return nil, err
	}
	var fresh []Digest
	for _, d := range digests {
		if _, ok := known[d]; !ok {
			known[d] = -1
			fresh = append(fresh, d)
		}
	}
	if err := l.add(ctx, signer, fresh); err != nil {
		return nil, fmt.Errorf("append to the log: %w", err)
	}
	return l.Prove(ctx, digests)
}

func (l *Log) add(ctx context.Context, signer note.Signer, digests []Digest) error {
	if len(digests) == 0 {
		return nil
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	driver, err := posix.New(ctx, posix.Config{Path: l.dir})
	if err != nil {
		return err
	}
	appender, shutdown, _, err := tessera.NewAppender(ctx, driver, tessera.NewAppendOptions().
		WithCheckpointSigner(signer).
		WithCheckpointInterval(interval).
		WithCheckpointRepublishInterval(0).
		WithBatching(batch, interval).
		WithShutdownTimeout(patience))
	if err != nil {
		return err
	}
	var waiting []tessera.IndexFuture
	for _, d := range digests {
		waiting = append(waiting, appender.Add(ctx, tessera.NewEntry(d[:])))
		if len(waiting) == batch {
			if err := wait(waiting); err != nil {
				return errors.Join(err, shutdown(ctx))
			}
			waiting = waiting[:0]
		}
	}
	return errors.Join(wait(waiting), shutdown(ctx))
}

// wait keeps entries in their order from batch to batch.
func wait(futures []tessera.IndexFuture) error {
	for _, f := range futures {
		if _, err := f(); err != nil {
			return err
		}
	}
	return nil
}

// Prove proves labels that the log holds; log.ErrNoEntry says that it does not
// hold one.
func (l *Log) Prove(ctx context.Context, digests []Digest) ([]*log.Proof, error) {
	known, err := l.entries(ctx)
	if err != nil {
		return nil, err
	}
	raw, c, err := l.checkpoint()
	if err != nil {
		return nil, err
	}
	builder, err := client.NewProofBuilder(ctx, uint64(c.Size), l.files().ReadTile)
	if err != nil {
		return nil, err
	}
	proofs := make([]*log.Proof, len(digests))
	for i, d := range digests {
		at, ok := known[d]
		if !ok {
			return nil, fmt.Errorf("%w: %x is not in the log", log.ErrNoEntry, d)
		}
		hashes, err := builder.InclusionProof(ctx, uint64(at))
		if err != nil {
			return nil, err
		}
		proofs[i] = &log.Proof{Index: at, Hashes: toHashes(hashes), Checkpoint: raw}
		if _, err := proofs[i].Verify(d, l.key); err != nil {
			return nil, fmt.Errorf("the log in %s is damaged: %w", l.dir, err)
		}
	}
	return proofs, nil
}

func toHashes(list [][]byte) []tlog.Hash {
	hashes := make([]tlog.Hash, len(list))
	for i, h := range list {
		copy(hashes[i][:], h)
	}
	return hashes
}

func (l *Log) files() client.FileFetcher { return client.FileFetcher{Root: l.dir} }

// checkpoint reads the newest signed state.
func (l *Log) checkpoint() ([]byte, *log.Checkpoint, error) {
	raw, err := os.ReadFile(filepath.Join(l.dir, "checkpoint"))
	if err != nil {
		return nil, nil, err
	}
	c, err := log.OpenCheckpoint(raw, l.key)
	return raw, c, err
}

// Checkpoint gives the newest signed state; nothing for a log without entries.
func (l *Log) Checkpoint() (*log.Checkpoint, error) {
	_, c, err := l.checkpoint()
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return c, err
}

// entries finds where each label stands, first in the order of the log.
func (l *Log) entries(ctx context.Context) (map[Digest]int64, error) {
	c, err := l.Checkpoint()
	if err != nil || c == nil {
		return map[Digest]int64{}, err
	}
	known := make(map[Digest]int64, c.Size)
	const perBundle = 256 // c2sp.org/tlog-tiles
	for i := int64(0); i < c.Size; i += perBundle {
		bundle, err := client.GetEntryBundle(ctx, l.files().ReadEntryBundle, uint64(i/perBundle), uint64(c.Size))
		if err != nil {
			return nil, fmt.Errorf("the log in %s is damaged: %w", l.dir, err)
		}
		for j, entry := range bundle.Entries {
			if len(entry) != len(Digest{}) {
				return nil, fmt.Errorf("the log in %s is not one of labels: entry %d has %d bytes", l.dir, i+int64(j), len(entry))
			}
			if _, ok := known[Digest(entry)]; !ok {
				known[Digest(entry)] = i + int64(j)
			}
		}
	}
	return known, nil
}
