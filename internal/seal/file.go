package seal

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// maxFile is how large a key file may be, in bytes.
const maxFile = 4 << 10

// File is a key file: keys in base64, one a line. Only its owner may read it.
type File struct{ Path string }

// Read reads the keys. The error is [fs.ErrNotExist] if there is no file.
func (f File) Read() ([]*Key, error) {
	info, err := os.Stat(f.Path)
	switch {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("%s is not a regular file", f.Path)
	case info.Size() > maxFile:
		return nil, fmt.Errorf("%s has %d bytes; a key file has at most %d", f.Path, info.Size(), maxFile)
	}
	file, err := os.Open(f.Path)
	if err != nil {
		return nil, err
	}
	text, err := io.ReadAll(io.LimitReader(file, maxFile))
	if err := errors.Join(err, file.Close()); err != nil {
		return nil, err
	}
	keys, err := ParseKeys(string(text))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", f.Path, err)
	}
	return keys, nil
}

// Create writes a key to a new file and makes its directory. If another process creates the file first, the error is [fs.ErrExist].
// No process ever sees a part of it.
func (f File) Create(key *Key) error {
	if err := os.MkdirAll(filepath.Dir(f.Path), 0o700); err != nil {
		return err
	}
	return f.write([]*Key{key}, os.Link)
}

// Replace replaces the keys of the file at once, and keeps its owner. If the path is a link, it replaces the file to which it leads.
func (f File) Replace(keys []*Key) error {
	path, err := filepath.EvalSymlinks(f.Path)
	if err != nil {
		return err
	}
	return File{path}.write(keys, func(temporary, path string) error {
		if err := sameOwner(path, temporary); err != nil {
			return err
		}
		return os.Rename(temporary, path)
	})
}

// write writes a temporary file next to the key file, puts it in its place, and returns when that lasts. os.CreateTemp sets mode 0600
// and O_EXCL.
func (f File) write(keys []*Key, place func(temporary, path string) error) (err error) {
	dir := filepath.Dir(f.Path)
	temporary, err := os.CreateTemp(dir, filepath.Base(f.Path)+".*")
	if err != nil {
		return err
	}
	defer func() {
		if removed := os.Remove(temporary.Name()); !errors.Is(removed, fs.ErrNotExist) {
			err = errors.Join(err, removed)
		}
	}()
	var text strings.Builder
	for _, key := range keys {
		text.WriteString(key.Text())
	}
	_, err = temporary.WriteString(text.String())
	if err := errors.Join(err, temporary.Sync(), temporary.Close()); err != nil {
		return err
	}
	if err := place(temporary.Name(), f.Path); err != nil {
		return err
	}
	return syncDir(dir)
}
