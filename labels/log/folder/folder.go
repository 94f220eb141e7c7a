// Package folder keeps a transparency log of labels in a folder: tiles and
// entries as static files (c2sp.org/tlog-tiles), which any web server hands out
// and anyone can go through.
package folder

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/transparency-dev/tessera/client"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/assay-iot/assay/labels/log"
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
// every one, in the order given. A run that was killed is made good by the next:
// what had come into the tree without a checkpoint is published first, so nothing
// is lost and nothing stands there twice. One program appends at a time; another
// waits for it.
func (l *Log) Append(ctx context.Context, signer note.Signer, digests []Digest) ([]*log.Proof, error) {
	if err := l.append(ctx, signer, digests); err != nil {
		return nil, fmt.Errorf("append to the log: %w", err)
	}
	return l.Prove(ctx, digests)
}

func (l *Log) append(ctx context.Context, signer note.Signer, digests []Digest) (err error) {
	unlock, err := l.lock(ctx)
	if err != nil {
		return err
	}
	defer unlock()
	if err := l.sound(ctx); err != nil {
		return err
	}
	w, err := l.writer(ctx, signer)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.close()) }()
	if err := w.publish(); err != nil {
		return err
	}
	fresh, err := l.missing(ctx, digests)
	if err != nil || len(fresh) == 0 {
		return err
	}
	if err := w.add(fresh); err != nil {
		return err
	}
	return w.publish()
}

// missing gives those that the log does not hold, each once.
func (l *Log) missing(ctx context.Context, digests []Digest) (fresh []Digest, err error) {
	known, err := l.places(ctx)
	if err != nil {
		return nil, err
	}
	for _, d := range digests {
		if _, ok := known[d]; !ok {
			known[d] = -1
			fresh = append(fresh, d)
		}
	}
	return fresh, nil
}

// sound refuses a log that must not be gone on with: its entries do not give the root
// of its checkpoint, or the state from which the next one would be made is not there
// or older, as in a copy without hidden files. A checkpoint made then would speak of
// another log by the same name.
func (l *Log) sound(ctx context.Context) error {
	raw, c, err := l.checkpoint()
	if errors.Is(err, fs.ErrNotExist) {
		return l.blank()
	}
	if err != nil || c.Size == 0 {
		return err
	}
	list, err := l.Entries(ctx)
	if err != nil {
		return err
	}
	roots, err := rootsAt(list, c.Size)
	if err != nil {
		return err
	}
	if roots[c.Size] != c.Root {
		return l.damaged(errors.New("its entries do not give the root of its checkpoint"))
	}
	if err := l.soundTiles(ctx, raw, c, list); err != nil {
		return l.damaged(fmt.Errorf("its tiles do not give the root of its checkpoint: %w", err))
	}
	var state struct {
		Size int64  `json:"size"`
		Root []byte `json:"root"`
	}
	data, err := os.ReadFile(filepath.Join(l.dir, ".state", "treeState"))
	if err == nil {
		err = json.Unmarshal(data, &state)
	}
	switch {
	case err != nil:
		return l.damaged(fmt.Errorf("the state that it goes on from is missing (%w): copy the whole folder, with .state", err))
	case state.Size < c.Size || state.Size == c.Size && !bytes.Equal(state.Root, c.Root[:]):
		return l.damaged(fmt.Errorf("the state that it goes on from has %d entries, and the checkpoint speaks of %d: bring the folder .state back that goes with it", state.Size, c.Size))
	}
	return nil
}

// soundTiles compares the hashes that the next root is made from: those of the last
// tile, and those beside the way of the last entry to the root.
func (l *Log) soundTiles(ctx context.Context, raw []byte, c *log.Checkpoint, list []Digest) error {
	const perTile = 256 // c2sp.org/tlog-tiles
	first := (c.Size - 1) / perTile * perTile
	tile, err := l.files().ReadTile(ctx, 0, uint64(first/perTile), uint8((c.Size-first)%perTile))
	if err != nil {
		return err
	}
	var want []byte
	for _, d := range list[first:] {
		h := tlog.RecordHash(d[:])
		want = append(want, h[:]...)
	}
	if !bytes.HasPrefix(tile, want) {
		return errors.New("the last one has other hashes than its entries")
	}
	p, err := l.prover(ctx, raw, c)
	if err == nil {
		_, err = p.prove(ctx, c.Size-1, list[c.Size-1])
	}
	return err
}

// blank refuses a log without a checkpoint that has tiles, and no state to make the
// checkpoint from: it would begin anew over them.
func (l *Log) blank() error {
	_, tiles := os.Stat(filepath.Join(l.dir, "tile"))
	_, state := os.Stat(filepath.Join(l.dir, ".state", "treeState"))
	if tiles == nil && state != nil {
		return l.damaged(errors.New("it has entries, and neither a checkpoint nor the state that it goes on from: copy the whole folder, with .state"))
	}
	return nil
}

// Prove proves labels that the log holds; log.ErrNoEntry says that it does not
// hold one.
func (l *Log) Prove(ctx context.Context, digests []Digest) ([]*log.Proof, error) {
	known, err := l.places(ctx)
	if err != nil {
		return nil, err
	}
	if len(digests) == 0 {
		return nil, nil
	}
	raw, c, err := l.checkpoint()
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w: the log is empty", log.ErrNoEntry)
	} else if err != nil {
		return nil, err
	}
	p, err := l.prover(ctx, raw, c)
	if err != nil {
		return nil, err
	}
	proofs := make([]*log.Proof, len(digests))
	for i, d := range digests {
		at, ok := known[d]
		if !ok {
			return nil, fmt.Errorf("%w: %x is not in the log", log.ErrNoEntry, d)
		}
		if proofs[i], err = p.prove(ctx, at, d); err != nil {
			return nil, l.damaged(err)
		}
	}
	return proofs, nil
}

// prover makes proofs that lead to one checkpoint.
type prover struct {
	*client.ProofBuilder
	checkpoint []byte
	key        string
}

func (l *Log) prover(ctx context.Context, raw []byte, c *log.Checkpoint) (*prover, error) {
	b, err := client.NewProofBuilder(ctx, uint64(c.Size), l.files().ReadTile)
	if err != nil {
		return nil, l.damaged(err)
	}
	return &prover{b, raw, l.key}, nil
}

// prove proves the entry at a place, and verifies it.
func (p *prover) prove(ctx context.Context, at int64, d Digest) (*log.Proof, error) {
	hashes, err := p.InclusionProof(ctx, uint64(at))
	if err != nil {
		return nil, err
	}
	proof := &log.Proof{Index: at, Hashes: toHashes(hashes), Checkpoint: p.checkpoint}
	_, err = proof.Verify(d, p.key)
	return proof, err
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

// Entries lists what the log holds, in its order.
func (l *Log) Entries(ctx context.Context) ([]Digest, error) {
	c, err := l.Checkpoint()
	if err != nil || c == nil {
		return nil, err
	}
	var list []Digest
	const perBundle = 256 // c2sp.org/tlog-tiles
	for i := int64(0); i < c.Size; i += perBundle {
		bundle, err := client.GetEntryBundle(ctx, l.files().ReadEntryBundle, uint64(i/perBundle), uint64(c.Size))
		if err != nil {
			return nil, l.damaged(err)
		}
		for _, entry := range bundle.Entries[:min(c.Size-i, int64(len(bundle.Entries)))] {
			if len(entry) != len(Digest{}) {
				return nil, fmt.Errorf("%w: the log in %s is not one of labels: entry %d has %d bytes", ErrDamaged, l.dir, len(list), len(entry))
			}
			list = append(list, Digest(entry))
		}
	}
	if int64(len(list)) != c.Size {
		return nil, l.damaged(fmt.Errorf("%d entries, and the checkpoint speaks of %d", len(list), c.Size))
	}
	return list, nil
}

// places finds where each label stands, first in the order of the log.
func (l *Log) places(ctx context.Context) (map[Digest]int64, error) {
	list, err := l.Entries(ctx)
	if err != nil {
		return nil, err
	}
	known := make(map[Digest]int64, len(list))
	for i, d := range list {
		if _, ok := known[d]; !ok {
			known[d] = int64(i)
		}
	}
	return known, nil
}

// ErrDamaged says that the files of a log do not go together.
var ErrDamaged = errors.New("the log is damaged")

func (l *Log) damaged(err error) error { return fmt.Errorf("%w: %s: %w", ErrDamaged, l.dir, err) }
