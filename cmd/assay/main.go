// Command assay checks IoT products against security schemes and makes and
// verifies their labels.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	"time"

	_ "github.com/assay-iot/assay/cmd/assay/internal/heap" // puts off the collection of garbage
	"github.com/assay-iot/assay/cmd/assay/internal/sandbox"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// A second signal ends the program at once, whatever it waits for.
	context.AfterFunc(ctx, stop)
	code := run(ctx, env{
		args: os.Args[1:], in: os.Stdin, out: os.Stdout, err: os.Stderr,
		getenv: os.Getenv, now: time.Now().UTC(), confine: sandbox.Confine,
	})
	stop()
	os.Exit(code)
}
