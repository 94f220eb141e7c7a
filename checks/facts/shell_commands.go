package facts

import (
	"encoding/json"
	"iter"
	"math"
	"slices"
	"strings"

	"github.com/assay-iot/assay"
)

// Commands are the commands of a script in the order of their running. A big root has
// hundreds of thousands, kept until the last fact is known, and half of them are the
// same words at the same place, as functions stand at each call; so a command is put
// together when it is asked for, and what is alike is held once. The zero value has no
// command.
type Commands struct {
	runs   []commandRun
	texts  []commandText
	guards [][]Guard
	files  []assay.Location // of commands, without line, offset and length
}

// commandRun is one running of a command.
type commandRun struct {
	text, guards uint32 // indexes
	pipeline     uint32
	background   bool
	conditional  bool
}

// commandText is what every running of a command at a place has, with the same words.
type commandText struct {
	name, function       string
	args                 []string
	more                 *commandMore // nil of most
	file                 uint32       // index
	line, offset, length uint32
	device, direct       bool
	before               uint32 // the last text that begins at the same place, counted from 1; 0 is none
}

// commandMore is what few commands have.
type commandMore struct {
	redirects   []Redirect
	assigns     []Assign
	deviceWords []string
}

// Len is the number of commands.
func (l *Commands) Len() int { return len(l.runs) }

// At gives a command. What its slices hold must not be changed.
func (l *Commands) At(i int) Command {
	run := &l.runs[i]
	t := &l.texts[run.text]
	c := Command{
		Name: t.name, Args: t.args, Function: t.function, Pipeline: int(run.pipeline), Background: run.background,
		Conditional: run.conditional, Device: t.device, Guards: l.guards[run.guards], Location: l.files[t.file], direct: t.direct,
	}
	if t.more != nil {
		c.Redirects, c.Assigns, c.DeviceWords = t.more.redirects, t.more.assigns, t.more.deviceWords
	}
	c.Location.Line += int(t.line)
	c.Location.Offset += int64(t.offset)
	c.Location.Length += int64(t.length)
	return c
}

// All gives the commands with their indexes.
func (l *Commands) All() iter.Seq2[int, Command] {
	return func(yield func(int, Command) bool) {
		for i := range l.runs {
			if !yield(i, l.At(i)) {
				return
			}
		}
	}
}

// List gives all commands at once, for whoever goes back and forth.
func (l *Commands) List() []Command {
	list := make([]Command, l.Len())
	for i := range list {
		list[i] = l.At(i)
	}
	return list
}

// MarshalJSON writes a list of commands.
func (l Commands) MarshalJSON() ([]byte, error) { return json.Marshal(l.List()) }

// UnmarshalJSON reads one.
func (l *Commands) UnmarshalJSON(b []byte) error {
	var list []Command
	if err := json.Unmarshal(b, &list); err != nil {
		return err
	}
	*l = packCommands(list)
	return nil
}

func packCommands(list []Command) Commands {
	var p commandPacker
	for i := range list {
		p.add(&list[i])
	}
	return p.packed()
}

// commandPacker makes Commands. It can be used again after packed.
type commandPacker struct {
	made   Commands
	texts  map[uint64]uint32 // the last text that begins at a place, counted from 1; by commandPlace.key
	guards map[guardList]uint32
}

// maxAlike is with how many texts at its place a command is compared: a loop may run it
// with other words in each round.
const maxAlike = 8

// maxKeptPlaces is for how many places a table is used again: to empty a big one takes
// longer than to read most scripts.
const maxKeptPlaces = 1 << 10

// guardList is a list of guards, as whoever walks a branch hands it to all commands there.
type guardList struct {
	first *Guard
	n     int
}

// commandPlace is where a command stands.
type commandPlace struct{ file, line, offset, length uint32 }

// key is where it begins.
func (p commandPlace) key() uint64 { return uint64(p.file)<<32 | uint64(p.offset) }

// add takes in a command, and reports whether it keeps the lists of it.
func (p *commandPacker) add(c *Command) (kept bool) {
	known := len(p.made.texts)
	if p.texts == nil {
		p.texts, p.guards = map[uint64]uint32{}, map[guardList]uint32{}
	}
	p.made.runs = append(p.made.runs, commandRun{p.text(c), p.guardsOf(c.Guards), uint32(c.Pipeline), c.Background, c.Conditional})
	return len(p.made.texts) > known
}

// text gives the index of what a command has in common with others.
func (p *commandPacker) text(c *Command) uint32 {
	place := p.place(c.Location)
	last := p.texts[place.key()]
	for i, seen := last, 0; i > 0 && seen < maxAlike; seen++ {
		t := &p.made.texts[i-1]
		if t.at(place) && t.is(c) {
			return i - 1
		}
		i = t.before
	}
	t := newCommandText(c, place)
	t.before = last
	p.made.texts = append(p.made.texts, t)
	p.texts[place.key()] = uint32(len(p.made.texts))
	return uint32(len(p.made.texts)) - 1
}

// packed gives the commands that were added, and begins anew.
func (p *commandPacker) packed() Commands {
	made := p.made
	if len(p.texts)+len(p.guards) > maxKeptPlaces {
		p.texts, p.guards = nil, nil
	} else {
		clear(p.texts)
		clear(p.guards)
	}
	p.made = Commands{runs: made.runs[:0], texts: made.texts[:0], guards: made.guards[:0], files: made.files[:0]}
	made.runs, made.texts = slices.Clone(made.runs), slices.Clone(made.texts)
	made.guards, made.files = slices.Clone(made.guards), slices.Clone(made.files)
	clear(p.made.texts[:len(made.texts)]) // so that no words of one script are kept for the next
	clear(p.made.guards[:len(made.guards)])
	return made
}

// place parts a location in the file and what is in it. What has no room there, as a
// place far inside of an image, stands with the file.
func (p *commandPacker) place(l assay.Location) commandPlace {
	var at commandPlace
	if inRange(int64(l.Line)) && inRange(l.Offset) && inRange(l.Length) {
		at = commandPlace{0, uint32(l.Line), uint32(l.Offset), uint32(l.Length)}
		l.Line, l.Offset, l.Length = 0, 0, 0
	}
	i := slices.Index(p.made.files, l)
	if i < 0 {
		i = len(p.made.files)
		p.made.files = append(p.made.files, l)
	}
	at.file = uint32(i)
	return at
}

func inRange(n int64) bool { return n >= 0 && n <= math.MaxUint32 }

func (p *commandPacker) guardsOf(guards []Guard) uint32 {
	key := guardList{n: len(guards)}
	if len(guards) > 0 {
		key.first = &guards[0]
	}
	i, ok := p.guards[key]
	if !ok {
		i = uint32(len(p.made.guards))
		p.made.guards = append(p.made.guards, guards)
		p.guards[key] = i
	}
	return i
}

func newCommandText(c *Command, at commandPlace) commandText {
	t := commandText{
		name: c.Name, function: c.Function, args: c.Args, device: c.Device, direct: !wraps(c.Name), // many facts ask
		file: at.file, line: at.line, offset: at.offset, length: at.length,
	}
	if len(c.Redirects)+len(c.Assigns)+len(c.DeviceWords) > 0 {
		t.more = &commandMore{c.Redirects, c.Assigns, c.DeviceWords}
	}
	return t
}

// at reports whether it stands at a place that begins where it does.
func (t *commandText) at(p commandPlace) bool { return t.line == p.line && t.length == p.length }

// is reports whether a command that stands at the same place has the same words.
func (t *commandText) is(c *Command) bool {
	if t.name != c.Name || t.function != c.Function || t.device != c.Device || !slices.Equal(t.args, c.Args) {
		return false
	}
	if t.more == nil {
		return len(c.Redirects)+len(c.Assigns)+len(c.DeviceWords) == 0
	}
	return slices.Equal(t.more.redirects, c.Redirects) && slices.Equal(t.more.assigns, c.Assigns) && slices.Equal(t.more.deviceWords, c.DeviceWords)
}

// Root is the path of the container that the script lies in.
func (s Script) Root() string {
	return strings.TrimSuffix(strings.TrimSuffix(s.Path, s.Name), "!")
}
