package facts

import (
	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/firmware"
)

// shellRoom is what runs need for a while and use again: walking a script that calls its
// functions thousands of times makes little that is new. A run that starts another one
// waits for its end, so that lists grow and shrink at their end for all runs of a world.
type shellRoom struct {
	commands []*Command     // that nobody needs any more
	words    [][]shellValue // lists of words that nobody needs any more
	before   []heldBy       // what variables held that the branches that are walked set
	ended    []heldBy       // what branches left that are not yet put together
	values   []shellValue   // what one variable may hold
	line     []string       // the words of one command
	places   map[*firmware.File]assay.Location
	tables   []shellTables // empty ones
}

// shellTables are what a run knows by name.
type shellTables struct {
	vars   map[string]shellValue
	funcs  map[string]shellFunc
	called map[string]bool // functions
	marked map[string]bool // files that hold what is made from the device's identity
}

// emptyTables gives tables for a run.
func (m *shellRoom) emptyTables() shellTables {
	if last := len(m.tables) - 1; last >= 0 {
		t := m.tables[last]
		m.tables = m.tables[:last]
		return t
	}
	return shellTables{map[string]shellValue{}, map[string]shellFunc{}, map[string]bool{}, map[string]bool{}}
}

// spareTables takes back the tables of a run that has ended. To empty big ones takes
// longer than to read most scripts.
func (m *shellRoom) spareTables(t shellTables) {
	if len(t.vars)+len(t.funcs)+len(t.called)+len(t.marked) > maxKeptRoom {
		return
	}
	clear(t.vars)
	clear(t.funcs)
	clear(t.called)
	clear(t.marked)
	m.tables = append(m.tables, t)
}

// maxKeptRoom bounds what is kept for the next script.
const maxKeptRoom = 1 << 10

// emptied is the room for the next script, in which nothing stands.
func (m shellRoom) emptied() shellRoom {
	if len(m.places)+cap(m.before)+cap(m.ended) > maxKeptRoom {
		return shellRoom{commands: m.commands, tables: m.tables}
	}
	m.before, m.ended = m.before[:0], m.ended[:0]
	clear(m.places)
	return m
}

// command gives an empty command.
func (m *shellRoom) command() *Command {
	n := len(m.commands)
	if n == 0 {
		return new(Command)
	}
	c := m.commands[n-1]
	m.commands = m.commands[:n-1]
	return c
}

// spareCommand takes back a command that nobody needs any more, and its lists too unless
// somebody keeps them.
func (m *shellRoom) spareCommand(c *Command, kept bool) {
	if *c = (Command{Args: c.Args[:0], Redirects: c.Redirects[:0], Assigns: c.Assigns[:0], DeviceWords: c.DeviceWords[:0]}); kept {
		*c = Command{}
	}
	m.commands = append(m.commands, c)
}

// wordList gives an empty list for some words.
func (m *shellRoom) wordList(n int) []shellValue {
	if last := len(m.words) - 1; last >= 0 {
		list := m.words[last]
		m.words = m.words[:last]
		return list[:0]
	}
	return make([]shellValue, 0, max(n, 8))
}

// spareWords takes back a list of words that nobody needs any more.
func (m *shellRoom) spareWords(list []shellValue) { m.words = append(m.words, list) }

// place is the place of a whole file; its digest is written out once.
func (m *shellRoom) place(f *firmware.File) assay.Location {
	l, ok := m.places[f]
	if !ok {
		if m.places == nil {
			m.places = map[*firmware.File]assay.Location{}
		}
		l = At(f)
		m.places[f] = l
	}
	return l
}
