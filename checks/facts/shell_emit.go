package facts

import (
	"path"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"github.com/assay-iot/assay"
)

// emit tells the world of a command.
func (r *shellRun) emit(c *Command, from, to syntax.Pos, redirs []*syntax.Redirect) outcome {
	if r.silent {
		r.world.spareCommand(c, false)
		return unsure
	}
	for _, d := range redirs {
		c.Redirects = append(c.Redirects, r.redirect(d, c))
	}
	c.Function, c.Pipeline, c.Background = r.function, r.pipeline, r.background
	wrapped := wraps(c.Name)
	r.identity(c, wrapped)
	c.Conditional, c.Guards = r.doubtful(), r.guards
	c.Location = r.at(from, to)
	r.last, r.negated, r.status = r.count, false, 0
	r.count++
	program, args := c.Name, c.Args
	if wrapped {
		program, args = c.Effective()
	}
	program = path.Base(program)
	r.asks, r.leans = r.isQuestion(program, args), r.asARule(program, args)
	return r.world.run(r, c)
}

func (r *shellRun) at(from, to syntax.Pos) assay.Location {
	if r.place != nil {
		return *r.place
	}
	l := r.world.place(r.src.File)
	begin, end := r.src.odd.at(int64(from.Offset())), r.src.odd.at(int64(to.Offset()))
	l.Line, l.Offset, l.Length = int(from.Line()), begin, max(end-begin, 0)
	return l
}

func (r *shellRun) redirect(d *syntax.Redirect, c *Command) Redirect {
	word := r.word(d.Word)
	c.Device = c.Device || word.device
	out := Redirect{Op: d.Op.String(), Word: word.text}
	if d.N != nil {
		out.Op = d.N.Value + out.Op
	}
	if d.Hdoc != nil {
		lines := r.document(d.Hdoc)
		out.Text = strings.Join(texts(lines), "")
		for _, l := range lines {
			if l.device {
				c.Device, c.DeviceWords = true, append(c.DeviceWords, strings.TrimSuffix(l.text, "\n"))
			}
		}
	}
	return out
}

// document expands a here-document line by line.
func (r *shellRun) document(w *syntax.Word) []shellValue {
	var lines []shellValue
	cur := knownValue("")
	size := 0
	for _, p := range w.Parts {
		v := r.part(p)
		if _, ok := p.(*syntax.Lit); !ok {
			cur = cur.join(v)
			v = knownValue("")
		}
		for rest := v.text; rest != ""; {
			_, after, found := strings.Cut(rest, "\n")
			cur.text += rest[:len(rest)-len(after)]
			if rest = after; found {
				lines = append(lines, cur)
				size += len(cur.text)
				cur = knownValue("")
			}
		}
		if size+len(cur.text) > MaxScript {
			return lines
		}
	}
	return append(lines, cur)
}

// identity marks a command that takes in the device's MAC address or serial
// number, the rest of its pipeline, and the file that it writes.
func (r *shellRun) identity(c *Command, wrapped bool) {
	words := append(append(r.world.line[:0], c.Name), c.Args...)
	for _, d := range c.Redirects {
		words = append(words, d.Word)
	}
	r.world.line = words
	effective := words
	if wrapped {
		effective = unwrapCommand(words)
	}
	c.Device = c.Device || namesDevice(effective) || len(r.marked) > 0 && slices.ContainsFunc(words, func(w string) bool { return r.marked[w] })
	if c.Pipeline != 0 {
		if c.Pipeline == r.devicePipe {
			c.Device = true
		} else if c.Device {
			r.devicePipe = c.Pipeline
		}
	}
	if !c.Device {
		return
	}
	r.derived = true
	for _, d := range c.Redirects {
		if strings.HasPrefix(d.Op, ">") && !strings.HasPrefix(d.Word, "/dev/") && len(r.marked) < 64 {
			r.marked[d.Word] = true
		}
	}
}
