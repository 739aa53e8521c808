package sealing

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"latchkey/accounts/core"
	"latchkey/internal/seal"
	"latchkey/models"
)

// Service seals and opens secrets. It is safe for concurrent use.
type Service struct {
	core *core.Core
	keys *seal.Keyring
}

// New makes a service of the keys that a source reads.
func New(c *core.Core, source seal.Source) *Service {
	return &Service{core: c, keys: seal.NewKeyring(source)}
}

// known is the text that shows whether a key is the right one.
const (
	known    = "Latchkey"
	knownRow = "sealing-key"
)

// Seal encrypts a secret for a row with the key of the database, which no rotation replaces before the transaction ends.
func (s *Service) Seal(tx *models.Tx, secret []byte, row string) ([]byte, error) {
	current, err := tx.SealingKeyForShare()
	if errors.Is(err, models.ErrNotFound) {
		current, err = s.claim(tx)
	}
	if err != nil {
		return nil, err
	}
	key, err := s.keys.Key(current.KeyID)
	if err != nil {
		return nil, err
	}
	return key.Seal(secret, row), nil
}

// Open decrypts what was sealed for the row.
func (s *Service) Open(sealed []byte, row string) ([]byte, error) { return s.keys.Open(sealed, row) }

// claim makes the first key of the source the key of the database if it has none, and returns the database's key.
func (s *Service) claim(tx *models.Tx) (current models.SealingKey, err error) {
	keys, err := s.keys.Read()
	if err != nil {
		return current, err
	}
	if err := tx.AddSealingKey(s.row(keys[0])); err != nil {
		return current, err
	}
	return tx.SealingKeyForShare()
}

func (s *Service) row(key *seal.Key) models.SealingKey {
	return models.SealingKey{KeyID: key.ID(), Known: key.Seal([]byte(known), knownRow), Since: s.core.Now()}
}

// File is where the keys are. Create and Replace write at once or not at all.
type File interface {
	Read() ([]*seal.Key, error) // or fs.ErrNotExist
	Create(*seal.Key) error     // or fs.ErrExist
	Replace(keys []*seal.Key) error
}

// LostError means that secrets in the database were sealed with a key that is not there.
type LostError struct{ Secrets int64 }

func (e LostError) Error() string {
	return fmt.Sprintf("%d secrets in the database were sealed with another key", e.Secrets)
}

// ErrForeignKey means that another process has made another key for the same database.
var ErrForeignKey = errors.New("the database belongs to another key, and nothing is sealed yet")

// Start makes a key if the file may be made and nothing is sealed yet, and checks that the keys open what is in the database. It returns
// a [LostError] if they do not. With take, another key than before is taken if nothing is sealed; else it is an [ErrForeignKey].
func (s *Service) Start(ctx context.Context, file File, mayCreate, take bool) error {
	_, err := file.Read()
	if errors.Is(err, fs.ErrNotExist) && mayCreate {
		err = s.create(ctx, file, take)
	}
	if err != nil {
		return err
	}
	replaced, key := "", ""
	err = s.core.DB.Update(ctx, func(tx *models.Tx) (err error) {
		replaced, key, err = s.check(tx, file, take)
		return err
	})
	if err == nil && replaced != "" {
		s.core.Log.Warn("the sealing key was replaced, nothing was sealed with the former one", "former", replaced, "key", key)
	}
	return err
}

// check claims the database for the first key, or compares its key with those of the file. It returns the id of one that was replaced,
// and of the one that replaced it.
func (s *Service) check(tx *models.Tx, file File, take bool) (replaced, by string, err error) {
	current, err := s.claim(tx)
	if err != nil {
		return "", "", err
	}
	keys, err := file.Read() // now that no rotation changes it
	if err != nil {
		return "", "", err
	}
	if err := s.checkSealed(tx, keys); err != nil {
		return "", "", err
	}
	for _, key := range keys {
		if key.ID() == current.KeyID {
			return "", "", s.checkKnown(key, current)
		}
	}
	if !take {
		return "", "", ErrForeignKey
	}
	return current.KeyID, keys[0].ID(), tx.ReplaceSealingKey(current.KeyID, s.row(keys[0]))
}

// checkSealed returns a [LostError] for secrets of other keys.
func (s *Service) checkSealed(tx *models.Tx, keys []*seal.Key) error {
	ids := make([]string, len(keys))
	for i, key := range keys {
		ids[i] = key.ID()
	}
	lost, err := tx.CountSealed(ids...)
	if err == nil && lost > 0 {
		err = LostError{lost}
	}
	return err
}

func (s *Service) checkKnown(key *seal.Key, current models.SealingKey) error {
	if text, err := key.Open(current.Known, knownRow); err != nil || string(text) != known {
		return fmt.Errorf("the known text in the database: %w", seal.ErrOpen)
	}
	return nil
}

// create makes a key file, unless the database needs a key that existed.
func (s *Service) create(ctx context.Context, file File, take bool) error {
	tx, needed := s.core.DB.Read(ctx), error(nil)
	if lost, err := tx.CountSealed(); err != nil {
		return err
	} else if lost > 0 {
		needed = LostError{lost}
	} else if _, err := tx.SealingKey(); err == nil && !take {
		needed = ErrForeignKey
	} else if core.IgnoreNotFound(err) != nil {
		return err
	}
	if needed == nil {
		return s.newFile(file)
	}
	_, err := file.Read() // which another process may have made since
	if errors.Is(err, fs.ErrNotExist) {
		err = needed
	}
	return err
}

// newFile makes a key file, unless another process does so first.
func (s *Service) newFile(file File) error {
	key, err := seal.NewKey(s.core.Random())
	if err != nil {
		return err
	}
	if err := file.Create(key); !errors.Is(err, fs.ErrExist) {
		return err
	}
	return nil
}
