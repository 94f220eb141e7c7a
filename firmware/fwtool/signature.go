package fwtool

import (
	"context"
	"fmt"

	"github.com/assay-iot/assay/firmware/detached"
	"github.com/assay-iot/assay/firmware/format"
)

// sign adds what the signature blocks say. Each is over the image from its first
// byte to where the block begins.
func sign(ctx context.Context, in format.Input, o *format.Opened, all []block) error {
	for i := len(all) - 1; i >= 0; i-- {
		k := all[i]
		if k.kind != signature {
			continue
		}
		data, err := in.Bytes(k.start, k.length)
		if err != nil {
			return err
		}
		over := []format.Span{{Offset: -in.Before.Size, Length: in.Before.Size}}
		if k.begin() > 0 {
			over = append(over, format.Span{Length: k.begin()})
		}
		for _, s := range parse(data) {
			s.Offset, s.Length = k.start, k.length
			if s.Covers == nil {
				if err := s.Cover(ctx, in, over); err != nil {
					return err
				}
				s.Leave(in.Size)
			} else {
				s.Covers[0].Offset += k.start
			}
			o.Signatures = append(o.Signatures, s)
		}
	}
	return nil
}

// parse reads a block. A signature that is over something in the block itself
// comes with its message and with Covers counted from the block.
func parse(data []byte) []format.Signature {
	if detached.IsSignify(data) {
		return []format.Signature{usign("usign", data)}
	}
	if found := chained(data); len(found) > 0 {
		return found
	}
	return []format.Signature{{Kind: "usign", Problem: fmt.Sprintf("%d bytes that are neither a text of usign nor a chain of ucert", len(data))}}
}

func usign(kind string, text []byte) format.Signature {
	found, err := detached.Signify(kind, text)
	if err != nil {
		return format.Signature{Kind: kind, Algorithm: format.Ed25519, Problem: "the signature cannot be read: " + err.Error()}
	}
	return found[0]
}
