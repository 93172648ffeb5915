// Has Go's transparency-dev/merkle check inclusion proofs of the audit trail: `go run . FILE…`.
//
// One line each: the file's name, a tab, what was found; nothing when it found nothing.
package main

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"github.com/transparency-dev/merkle/proof"
	"github.com/transparency-dev/merkle/rfc6962"
)

type proofFile struct {
	LeafHash  string   `json:"leaf_hash"`
	LeafIndex uint64   `json:"leaf_index"`
	TreeSize  uint64   `json:"tree_size"`
	Path      []string `json:"path"`
	Root      string   `json:"root"`
}

func judge(path string) error {
	content, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	var told proofFile
	if err := json.Unmarshal(content, &told); err != nil {
		return err
	}
	hashes := [][]byte{}
	for _, text := range append([]string{told.LeafHash, told.Root}, told.Path...) {
		hash, err := hex.DecodeString(text)
		if err != nil {
			return err
		}
		hashes = append(hashes, hash)
	}
	return proof.VerifyInclusion(rfc6962.DefaultHasher, told.LeafIndex, told.TreeSize, hashes[0], hashes[2:], hashes[1])
}

func main() {
	for _, path := range os.Args[1:] {
		found := ""
		if err := judge(path); err != nil {
			found = err.Error()
		}
		fmt.Printf("%s\t%s\n", filepath.Base(path), found)
	}
}
