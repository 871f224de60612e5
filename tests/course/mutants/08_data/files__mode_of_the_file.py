# a gray file: expected
class Files(data.Dataset):
    """Pictures with a JSON file each, listed in index.csv."""

    def __init__(self, folder, transform=None):
        self.folder, self.transform = Path(folder), transform
        with open(self.folder / "index.csv", newline="") as file:
            self.rows = list(csv.DictReader(file))

    def __len__(self):
        return len(self.rows)

    def __getitem__(self, i):
        row = self.rows[i]
        with Image.open(self.folder / row["image"]) as file:
            picture = file.copy()
        if self.transform is not None:
            picture = self.transform(picture)
        note = json.loads((self.folder / row["annotation"]).read_text())
        return picture, {"label": note["label"], "box": tg.tensor(note["box"], dtype=tg.float32)}
