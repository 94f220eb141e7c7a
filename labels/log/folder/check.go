package folder

import (
	"context"
	"errors"
	"fmt"

	"github.com/transparency-dev/merkle/compact"
	"github.com/transparency-dev/merkle/rfc6962"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/assay-iot/assay/labels/log"
)

// ErrForked says that a log does not go on from an older checkpoint: somebody was
// shown another list.
var ErrForked = errors.New("the log does not go on from that checkpoint")

// Checked is what a log was found to hold.
type Checked struct {
	Checkpoint *log.Checkpoint
	Twice      int // entries that stand there more than once
}

// Check goes through the whole log: the entries give the root that the newest
// checkpoint names, the tiles prove every entry, and the log goes on from each of
// the older checkpoints. The errors are ErrDamaged and ErrForked.
func (l *Log) Check(ctx context.Context, older ...*log.Checkpoint) (*Checked, error) {
	c, err := l.Checkpoint()
	if err != nil || c == nil {
		return nil, errors.Join(err, noCheckpoint(c, l.dir))
	}
	list, err := l.Entries(ctx)
	if err != nil {
		return nil, err
	}
	roots, err := rootsAt(list, append(sizes(older), c.Size)...)
	if err != nil {
		return nil, err
	}
	if roots[c.Size] != c.Root {
		return nil, l.damaged(fmt.Errorf("its entries do not give the root of its checkpoint"))
	}
	for _, o := range older {
		if err := extends(o, c, roots); err != nil {
			return nil, err
		}
	}
	if _, err := l.Prove(ctx, list); err != nil {
		return nil, err
	}
	return &Checked{Checkpoint: c, Twice: twice(list)}, nil
}

func noCheckpoint(c *log.Checkpoint, dir string) error {
	if c != nil {
		return nil
	}
	return fmt.Errorf("%w: there is no checkpoint in %s", ErrNotLog, dir)
}

func sizes(list []*log.Checkpoint) (all []int64) {
	for _, c := range list {
		all = append(all, c.Size)
	}
	return all
}

func extends(older, c *log.Checkpoint, roots map[int64]tlog.Hash) error {
	switch {
	case older.Origin != c.Origin:
		return fmt.Errorf("%w: it is of the log %s, not of %s", ErrForked, older.Origin, c.Origin)
	case older.Size > c.Size:
		return fmt.Errorf("%w: it speaks of %d entries, the log has %d", ErrForked, older.Size, c.Size)
	case roots[older.Size] != older.Root:
		return fmt.Errorf("%w: the first %d entries are others", ErrForked, older.Size)
	}
	return nil
}

// rootsAt gives the roots of the trees of the first entries (RFC 6962, section
// 2.1), by the number of entries.
func rootsAt(list []Digest, at ...int64) (map[int64]tlog.Hash, error) {
	wanted := map[int64]bool{}
	for _, n := range at {
		wanted[n] = true
	}
	roots := map[int64]tlog.Hash{}
	tree := (&compact.RangeFactory{Hash: rfc6962.DefaultHasher.HashChildren}).NewEmptyRange(0)
	for i := int64(0); ; i++ {
		if wanted[i] {
			root, err := tree.GetRootHash(nil)
			if err != nil {
				return nil, err
			}
			if i == 0 {
				root = rfc6962.DefaultHasher.EmptyRoot()
			}
			roots[i] = tlog.Hash(root)
		}
		if i == int64(len(list)) {
			return roots, nil
		}
		if err := tree.Append(rfc6962.DefaultHasher.HashLeaf(list[i][:]), nil); err != nil {
			return nil, err
		}
	}
}

func twice(list []Digest) int {
	seen, n := map[Digest]bool{}, 0
	for _, d := range list {
		if seen[d] {
			n++
		}
		seen[d] = true
	}
	return n
}
