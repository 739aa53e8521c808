package ratelimit_test

import (
	"os"
	"testing"

	"latchkey/internal/testkit"
)

func TestMain(m *testing.M) { os.Exit(testkit.Main(m)) }
