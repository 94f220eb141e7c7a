// Package verity computes the root hash of dm-verity, which stands for all bytes
// of a file system: of RAUC's bundles and of Android's partitions.
//
// The tree is that of the kernel's Documentation/admin-guide/device-mapper/
// verity.rst, version 1: the salt goes before each block, hashes fill a block of
// the level above up to the next power of two, and the level with one block is
// hashed once more. Levels are stored from the top down.
package verity

import (
	"context"
	"crypto"
	"math/bits"

	"github.com/assay-iot/assay/firmware/format"
)

// Tree says how a hash tree is built.
type Tree struct {
	Hash      crypto.Hash
	Salt      []byte
	DataBlock int64
	HashBlock int64
}

const (
	minBlock = 512
	maxBlock = 64 << 10
	// MaxSalt is the longest salt that the kernel takes.
	MaxSalt = 256
)

func power(n int64) bool { return n >= minBlock && n <= maxBlock && n&(n-1) == 0 }

// Root computes the root hash over an input. It also gives the levels as they are
// stored, which take about the input's size times the length of a hash and
// divided by a block.
func (t Tree) Root(ctx context.Context, in format.Input) (root, levels []byte, err error) {
	switch {
	case !t.Hash.Available():
		return nil, nil, format.Errorf(0, "unknown hash")
	case !power(t.DataBlock) || !power(t.HashBlock) || len(t.Salt) > MaxSalt:
		return nil, nil, format.Errorf(0, "blocks of %d and %d bytes, salt of %d", t.DataBlock, t.HashBlock, len(t.Salt))
	case in.Size <= 0 || in.Size%t.DataBlock != 0:
		return nil, nil, format.Errorf(0, "%d bytes are no whole blocks", in.Size)
	}
	level, block := in, t.DataBlock
	for {
		hashes, err := t.level(ctx, level, block)
		if err != nil {
			return nil, nil, err
		}
		if level.Size == block {
			return hashes[:t.Hash.Size()], levels, nil
		}
		levels = append(hashes, levels...)
		level, block = format.InMemory(hashes), t.HashBlock
	}
}

// level hashes each block of one level into the blocks of the next.
func (t Tree) level(ctx context.Context, in format.Input, block int64) ([]byte, error) {
	width := int64(1) << bits.Len(uint(t.Hash.Size()-1))
	perBlock := t.HashBlock / width
	count := in.Size / block
	out := make([]byte, (count+perBlock-1)/perBlock*t.HashBlock)
	h := t.Hash.New()
	for i := range count {
		if i%256 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		b, err := in.Bytes(i*block, block)
		if err != nil {
			return nil, err
		}
		h.Reset()
		_, _ = h.Write(t.Salt)
		_, _ = h.Write(b)
		copy(out[i/perBlock*t.HashBlock+i%perBlock*width:], h.Sum(nil))
	}
	return out, nil
}
