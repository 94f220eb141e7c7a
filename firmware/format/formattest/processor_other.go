//go:build !unix

package formattest

import "time"

func processor() time.Duration { return 0 }
