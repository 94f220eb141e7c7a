// Command standin stands in for the programs of the example devices, so that
// their images can be built from source on any machine with Go: it is a real
// program for the device's processor, installed under the real programs' names,
// and says which one it stands for.
package main

import "os"

func main() {
	name := "standin"
	if len(os.Args) > 0 {
		name = os.Args[0]
	}
	os.Stdout.WriteString(name + ": a stand-in of the Assay examples\n")
}
