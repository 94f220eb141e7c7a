package jffs2

import (
	"fmt"

	"github.com/assay-iot/assay/firmware/format"
)

// maxHurts is how many damaged places are named; the others are counted.
const maxHurts = 256

// hurts collects damage.
type hurts struct {
	named []format.Damage
	more  int64
	last  format.Damage
}

func (h *hurts) add(off, length int64, reason string) {
	d := format.Damage{Offset: off, Length: length, Reason: reason}
	if len(h.named) < maxHurts {
		h.named = append(h.named, d)
		return
	}
	h.more++
	h.last = d
}

func (h *hurts) list() []format.Damage {
	if h.more == 0 {
		return h.named
	}
	h.last.Reason = fmt.Sprintf("%d more damaged places, the last: %s", h.more, h.last.Reason)
	return append(h.named, h.last)
}
