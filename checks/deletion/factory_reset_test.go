package deletion

import (
	"testing"

	"github.com/assay-iot/assay/checks/checktest"
)

func TestFactoryReset(t *testing.T) { checktest.Run(t, FactoryReset) }
