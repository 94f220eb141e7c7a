package facts

import (
	"context"
	"fmt"
	"os"
	"testing"

	"github.com/assay-iot/assay/firmware"
)

func TestLook(t *testing.T) {
	dir := os.Getenv("LOOK")
	if dir == "" {
		t.Skip()
	}
	src, c, err := firmware.SourceFile(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	src.Modes = true
	o, err := Observe(context.Background(), src, firmware.Options{}, Boot)
	if err != nil {
		t.Fatal(err)
	}
	g, err := Boot.Of(o.For("t", []Node{Boot}))
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range g.Inits {
		fmt.Println("INIT", i.Root, i.Kind, i.Problem, i.Location)
	}
	for _, c := range g.Consoles {
		fmt.Printf("CONSOLE %+v\n", c)
	}
	for _, s := range g.Services {
		fmt.Printf("SERVICE %s kind=%s prog=%s args=%q started=%v certain=%v via=%s user=%s loop=%v anon=%s shell=%v unit=%s\n", s.Name, s.Kind, s.Program, s.Args, s.Started, s.Certain, s.Via, s.User, s.Loopback, s.Anonymous, s.Shell, s.Unit)
		for _, l := range s.Listens {
			fmt.Printf("    listen %+v\n", l)
		}
		for _, p := range s.Places {
			fmt.Println("    place", p)
		}
	}
	if os.Getenv("CMDS") != "" {
		for _, c := range g.Commands {
			fmt.Println("CMD", c.Location, c.Conditional, words(c.Command))
		}
	}
}
