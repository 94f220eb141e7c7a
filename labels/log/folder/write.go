package folder

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"syscall"
	"time"

	"github.com/transparency-dev/tessera"
	"github.com/transparency-dev/tessera/storage/posix"
	"golang.org/x/mod/sumdb/note"
	"k8s.io/klog/v2"
)

const (
	batch    = 1024                   // entries written at once
	interval = 100 * time.Millisecond // the shortest that the library takes
	patience = time.Minute
	pause    = 10 * time.Millisecond
)

// lock keeps other programs from appending; it waits for one that does.
func (l *Log) lock(ctx context.Context) (unlock func(), err error) {
	d, err := os.Open(l.dir)
	if err != nil {
		return nil, err
	}
	for end := time.Now().Add(patience); ; {
		err := syscall.Flock(int(d.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		switch {
		case err == nil:
			return func() { d.Close() }, nil
		case !errors.Is(err, syscall.EWOULDBLOCK), time.Now().After(end):
			d.Close()
			return nil, fmt.Errorf("another program appends to the log in %s: %w", l.dir, err)
		}
		if err := sleep(ctx); err != nil {
			d.Close()
			return nil, err
		}
	}
}

func sleep(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-time.After(pause):
		return nil
	}
}

// writer adds to a log. It is open for a short while only.
type writer struct {
	log      *Log
	ctx      context.Context
	cancel   context.CancelFunc
	appender *tessera.Appender
	shutdown func(context.Context) error
	tree     tessera.LogReader
}

// quiet keeps the library from writing to standard error. What goes wrong there
// comes back as an error, or as a checkpoint that does not appear.
var quiet = sync.OnceFunc(func() {
	klog.LogToStderr(false)
	klog.SetOutput(io.Discard)
})

func (l *Log) writer(ctx context.Context, signer note.Signer) (*writer, error) {
	quiet()
	w := &writer{log: l}
	w.ctx, w.cancel = context.WithCancel(ctx)
	driver, err := posix.New(w.ctx, posix.Config{Path: l.dir})
	if err == nil {
		w.appender, w.shutdown, w.tree, err = tessera.NewAppender(w.ctx, driver, tessera.NewAppendOptions().
			WithCheckpointSigner(signer).
			WithCheckpointInterval(interval).
			WithCheckpointRepublishInterval(0).
			WithBatching(batch, interval).
			WithShutdownTimeout(patience))
	}
	if err != nil {
		w.cancel()
		return nil, err
	}
	return w, nil
}

func (w *writer) close() error {
	defer w.cancel()
	return w.shutdown(w.ctx)
}

// add puts entries into the tree, in their order.
func (w *writer) add(digests []Digest) error {
	var waiting []tessera.IndexFuture
	for _, d := range digests {
		waiting = append(waiting, w.appender.Add(w.ctx, tessera.NewEntry(d[:])))
		if len(waiting) == batch {
			if err := wait(waiting); err != nil {
				return err
			}
			waiting = waiting[:0]
		}
	}
	return wait(waiting)
}

// wait keeps entries in their order from batch to batch.
func wait(futures []tessera.IndexFuture) error {
	for _, f := range futures {
		if _, err := f(); err != nil {
			return err
		}
	}
	return nil
}

// publish waits until a signed checkpoint speaks of all that is in the tree.
func (w *writer) publish() error {
	for end := time.Now().Add(patience); time.Now().Before(end); {
		size, err := w.tree.IntegratedSize(w.ctx)
		if err != nil {
			return err
		}
		c, err := w.log.Checkpoint()
		if err != nil {
			return err
		}
		if c != nil && uint64(c.Size) >= size {
			return nil
		}
		if err := sleep(w.ctx); err != nil {
			return err
		}
	}
	return fmt.Errorf("no checkpoint was published in %s", w.log.dir)
}
