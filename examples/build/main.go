// Command build makes the firmware images of the example products.
//
//	go run ./examples/build
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/assay-iot/assay/examples/device"
)

func main() {
	for _, d := range device.Devices() {
		if err := device.Build(context.Background(), "examples", d); err != nil {
			fmt.Fprintln(os.Stderr, "build:", err)
			os.Exit(1)
		}
		fmt.Println("examples/" + d.Folder + "/" + d.Image)
	}
}
