package password

import (
	"fmt"
	"io"
	"io/fs"
	"os"
)

// maxFileBytes is how large a policy file may be: 1 MiB.
const maxFileBytes = 1 << 20

// Read reads a policy file for [Parse], or a pipe, for whose writer it waits. Of one that is larger than 1 MiB it reads no
// more than shows that.
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

// ReadRegular is Read for those who read again and again. What is no regular file behind all links is an error and is not
// opened: a pipe would wait for its writer, and says nothing a second time.
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

// fileKind says what something is that is no regular file.
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
