// Command demo does the main job once, on a bundled example: it builds the
// Hearth Hub's firmware image, checks it, makes its label with the published
// demo key, and verifies the label. The label is left in out/hearth-hub.
//
//	go run ./examples/demo
package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"

	"github.com/assay-iot/assay/examples/device"
)

// asOf is the day of the demo, so that it gives the same label on every day.
const asOf = "2026-11-23"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "demo:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	if _, err := os.Stat("examples/hearth-hub/product.hcl"); err != nil {
		return fmt.Errorf("run it in the folder of the checkout: %w", err)
	}
	fmt.Println("Building the program and the firmware image of examples/hearth-hub …")
	for _, d := range device.Devices() {
		if err := device.Build(ctx, "examples", d); err != nil {
			return err
		}
	}
	assay := filepath.Join("bin", "assay")
	if err := show(ctx, "go", "build", "-o", assay, "./cmd/assay"); err != nil {
		return err
	}
	for _, args := range [][]string{
		{"check", "examples/hearth-hub", "--as-of", asOf},
		{"label", "examples/hearth-hub", "--as-of", asOf, "--demo", "--out", "out/hearth-hub"},
		{"verify", "out/hearth-hub/label.pdf", "--firmware", "examples/hearth-hub/dist/hearth-hub-2.4.1.bin", "--as-of", asOf, "--allow-demo"},
	} {
		if err := show(ctx, assay, args...); err != nil {
			return err
		}
	}
	fmt.Println("\nThe label is in out/hearth-hub: open label.pdf. For a device that fails, try")
	fmt.Println("  " + assay + " check examples/leaky-cam --as-of " + asOf)
	return nil
}

// show prints a command and runs it.
func show(ctx context.Context, name string, args ...string) error {
	fmt.Printf("\n$ %s %s\n", name, strings.Join(args, " "))
	c := exec.CommandContext(ctx, name, args...)
	c.Stdout, c.Stderr = os.Stdout, os.Stderr
	if err := c.Run(); err != nil {
		return fmt.Errorf("%s %s: %w", name, args[0], err)
	}
	return nil
}
