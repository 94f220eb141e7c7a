package facts

import (
	"path"
	"strconv"
	"strings"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/firmware"
)

// LoaderPrompt is what the environment of U-Boot says of its own prompt, at which
// one can start, read and write everything.
type LoaderPrompt struct {
	Delay    int            // seconds in which a key stops the boot; -1 boots nothing, -2 takes no key
	Password bool           // a word whose hash is there is asked for
	Input    string         `json:",omitempty"` // the device that keys are read from, if it is said
	Stored   bool           // it is the environment of a device; else the one that is made anew
	Location assay.Location // of the delay
}

// Open reports whether whoever is at the serial line gets the prompt.
func (p LoaderPrompt) Open() bool {
	return p.Delay >= -1 && !p.Password && p.Input != "nulldev"
}

// LoaderPrompts are those of the environments in the image.
var LoaderPrompts = &Fact[[]LoaderPrompt]{
	Name:  "loader-prompts",
	Doc:   "How long U-Boot waits for a key that stops the boot, and whether it then asks for a word, by the environments in the image.",
	Needs: []Node{Texts},
	Observe: func(o *Observer) ([]LoaderPrompt, error) {
		set, err := Texts.Of(o)
		if err != nil {
			return nil, err
		}
		found := []LoaderPrompt{}
		for _, t := range set.All() {
			if !isLoaderEnvironment(t.File) {
				continue
			}
			if p, ok := loaderPrompt(t); ok {
				p.Stored = isStored(t.File)
				found = append(found, p)
			}
		}
		return found, nil
	},
}

// isLoaderEnvironment names the environment that was found in flash, and the files in
// which libubootenv and others keep the one that is made anew.
func isLoaderEnvironment(f *firmware.File) bool {
	switch path.Base(f.Name) {
	case "u-boot-initial-env", "uboot-initial-env", "u-boot-env.txt", "uboot-env.txt", "uboot.env.txt":
		return true
	}
	return isStored(f)
}

func isStored(f *firmware.File) bool { return f.Container != nil && f.Container.Type == "uboot-env" }

// The variables of U-Boot (doc/README.autoboot): the words that stop the boot are
// in the environment by their hash, or as they are, and then anybody who reads the
// flash has them.
var hashedWords = []string{"bootstopkeysha256", "bootstopkeycrypt"}

func loaderPrompt(t Text) (p LoaderPrompt, found bool) {
	for line := range t.Lines() {
		name, value, ok := strings.Cut(strings.TrimSpace(line.Text), "=")
		if !ok {
			continue
		}
		switch name {
		case "bootdelay":
			delay, err := strconv.Atoi(value)
			if err != nil || delay < -1000 || delay > 1000 {
				continue
			}
			p.Delay, p.Location, found = delay, t.At(line), true
		case "stdin":
			p.Input = forPeople(value)
		case hashedWords[0], hashedWords[1]:
			p.Password = p.Password || value != ""
		}
	}
	return p, found
}
