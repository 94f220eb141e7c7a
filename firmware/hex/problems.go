package hex

import (
	"fmt"

	"github.com/assay-iot/assay/firmware/format"
)

// maxDamage is how many wrong records of a file are named one by one.
const maxDamage = 64

// problems collects what is wrong with the records of a file.
type problems struct {
	damage []format.Damage
	more   int
}

func (p *problems) add(off, length int64, f string, args ...any) {
	if len(p.damage) < maxDamage {
		p.damage = append(p.damage, format.Damage{Offset: off, Length: length, Reason: fmt.Sprintf(f, args...)})
		return
	}
	if p.more++; p.more == 1 {
		p.damage = append(p.damage, format.Damage{Offset: off})
	}
	last := &p.damage[maxDamage]
	last.Length = off + length - last.Offset
	last.Reason = fmt.Sprintf("%d more records are wrong", p.more)
}
