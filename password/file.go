package password

import (
	"embed"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
)

// maxFileBytes limits a policy file: 1 MiB.
const maxFileBytes = 1 << 20

// Read reads a policy file for [Parse], or waits for the writer of a pipe. It reads at most one byte more than 1 MiB.
func Read(path string) ([]byte, error) {
	f, err := os.Open(path) //nolint:gosec // the operator names the file
	if err != nil {
		return nil, fmt.Errorf("password policy: %w", err)
	}
	defer f.Close()
	src, err := io.ReadAll(io.LimitReader(f, maxFileBytes+1))
	if err != nil {
		return nil, fmt.Errorf("password policy: %w", err)
	}
	return src, nil
}

// ReadRegular is Read for files that are read repeatedly. It refuses, without opening it, anything but a regular file or a
// link to one: a pipe would wait for its writer and could not be read again.
func ReadRegular(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("password policy: %w", err)
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("password policy: %s is %s, and has to be a regular file", path, fileKind(info.Mode()))
	}
	return Read(path)
}

// fileKind names the type of a file that is not regular.
func fileKind(mode fs.FileMode) string {
	switch {
	case mode.IsDir():
		return "a directory"
	case mode&fs.ModeNamedPipe != 0:
		return "a pipe"
	case mode&fs.ModeSocket != 0:
		return "a socket"
	case mode&fs.ModeDevice != 0:
		return "a device"
	}
	return "something else"
}

//go:embed presets/*.jsonc
var presets embed.FS

// PresetNames returns the names of the policy files to start with: one that meets NIST SP 800-63B-4, and the built-in one.
func PresetNames() []string { return []string{"nist", "source"} }

// Preset returns a complete policy file with comments.
func Preset(name string) (string, error) {
	text, err := presets.ReadFile("presets/" + name + ".jsonc")
	if err != nil {
		return "", fmt.Errorf("%q is not a preset; there are %s", name, strings.Join(PresetNames(), " and "))
	}
	return string(text), nil
}
