//go:build !unix

package main

import (
	"log/slog"

	"latchkey/config"
)

// protectData does nothing where files have no modes.
func protectData(config.Config, *slog.Logger) {}
