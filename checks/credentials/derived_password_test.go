package credentials

import (
	"testing"

	"github.com/assay-iot/assay/checks/checktest"
)

func TestDerivedPassword(t *testing.T) { checktest.Run(t, DerivedPassword) }
