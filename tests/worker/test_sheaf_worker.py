# SPDX-License-Identifier: GPL-3.0-or-later
"""The Python end of the worker: rows, tables, partition formats, entry scripts. Run by ctest with the worker package on PYTHONPATH."""

import os
import random
import sys
import tempfile
import types
import unittest

from sheaf_worker import entry, filter_expression, partition_format, preview, results

try:
    import pandas as pd
    from sheaf_worker import rows_native, tables
except ImportError:
    pd = None

needs_pandas = unittest.skipIf(pd is None, "this interpreter has no pandas")


def start(**changes):
    return dict(dict(appendRow=True, dataframeHeader=False, miniBatchKind="Files", codeDir="/nonexistent"), **changes)


class Rows(unittest.TestCase):
    def test_one_line_an_element_as_text(self):
        self.assertEqual(results.RowWriter(start()).write(["a", 1, ("x", 2)]), (b"", b"a\n1\n('x', 2)\n", 3))

    def test_nothing_returned_is_nothing_written(self):
        self.assertEqual(results.RowWriter(start()).write([]), (b"", b"", 0))

    def test_summary_only_counts_and_writes_nothing(self):
        self.assertEqual(results.RowWriter(start(appendRow=False)).write((1, 2)), (b"", b"", 2))

    def test_a_wrong_return_names_its_type(self):
        for value, name in ((None, "NoneType"), ("text", "str"), ({}, "dict"), (7, "int")):
            with self.assertRaisesRegex(results.BadReturn, name):
                results.RowWriter(start()).write(value)

    def test_json_rows_keep_only_their_output(self):
        writer = results.RowWriter(start(miniBatchKind="JsonRows"))
        self.assertEqual(writer.write(['{"output": "yes", "cost": 1}', '{"output": {"a": 1}}'])[1], b'yes\n{"a": 1}\n')

    @needs_pandas
    def test_a_frame_is_blank_separated_without_header(self):
        frame = pd.DataFrame({"a": [1, 2], "b": ["x y", "z"]})
        self.assertEqual(results.RowWriter(start()).write(frame), (b"", b'1 "x y"\n2 z\n', 2))
        self.assertEqual(results.RowWriter(start(dataframeHeader=True)).write(frame)[0], b"a b")

    @needs_pandas
    def test_the_settings_file_of_the_code_folder_gives_options(self):
        with tempfile.TemporaryDirectory() as folder:
            with open(os.path.join(folder, "parallel_run_step.settings.json"), "w") as file:
                file.write('{"append_row": {"pandas.DataFrame.to_csv": {"sep": ",", "index": true}}}')
            rows = results.RowWriter(start(codeDir=folder)).write(pd.DataFrame({"a": [5], "b": ["q"]}))[1]
            self.assertEqual(rows, b"0,5,q\n")

    @needs_pandas
    def test_native_rows_are_those_of_to_csv_to_the_byte(self):
        if rows_native._library is None:
            self.skipTest("libsheaf_rows.so is not built")
        choose = random.Random(11)
        texts = ["x", "a b", 'q"q', "n\nn", "", "\u00e9\u65e5", None, float("nan"), "0", "-"]
        for _ in range(200):
            count = choose.randrange(1, 60)
            frame = pd.DataFrame({
                "i": [choose.randrange(-10**18, 10**18) for _ in range(count)],
                "f": [choose.choice([choose.uniform(-1, 1) * 10.0 ** choose.randrange(-320, 308), float(choose.randrange(10**17)),
                                     float("nan"), float("inf"), -0.0, 1e16, 1e-5, 0.0001]) for _ in range(count)],
                "t": [choose.choice(texts) for _ in range(count)],
                "b": [choose.random() < 0.5 for _ in range(count)],
            })
            frame["s"] = frame["i"].astype("int8")
            self.assertEqual(rows_native.format_frame(frame), frame.to_csv(sep=" ", header=False, index=False).encode())

    @needs_pandas
    def test_what_is_not_surely_the_same_is_left_to_pandas(self):
        for column in (pd.date_range("2020-01-01", periods=2), ["a\rb", "c"], [b"x", b"y"], [1.5, "mixed"]):
            self.assertIsNone(rows_native.format_frame(pd.DataFrame({"a": [1, 2], "b": column})))


class PartitionFormats(unittest.TestCase):
    def test_the_tail_of_the_path_gives_the_columns(self):
        values = partition_format.PartitionFormat("{Store}/{Brand}/{file_name}.{extension}").values("data/12/dominicks/a.b.csv")
        self.assertEqual(values, {"Store": "12", "Brand": "dominicks", "file_name": "a.b", "extension": "csv"})

    def test_dates_are_dates(self):
        values = partition_format.PartitionFormat("/{day:yyyy/MM/dd}/{name}.csv").values("x/2021/03/04/t.csv")
        self.assertEqual(values["day"].isoformat(), "2021-03-04T00:00:00")

    def test_a_path_that_does_not_match_is_named(self):
        with self.assertRaisesRegex(ValueError, "flat.csv"):
            partition_format.PartitionFormat("{a}/{b}.csv").values("flat.csv")


@needs_pandas
class Tables(unittest.TestCase):
    def read(self, text, slices=None, read=None, transformations=(), header="id,name", name="t.csv", encoding="utf-8"):
        with tempfile.TemporaryDirectory() as root:
            data = text.encode(encoding)
            with open(os.path.join(root, name), "wb") as file:
                file.write(data)
            options = dict(delimiter=",", header="all_files_same_headers", encoding="utf8", infer_column_types=True)
            options.update(read or {})
            table = {"read": options, "transformations": list(transformations)}
            if header is not None:
                table["header_row"] = header
            reader = tables.TableReader(dict(table=table, root=root, tableFormat="Delimited", mixedTypes=False))
            if slices is None:
                slices = [[data.index(b"\n") + 1 if header is not None else 0, len(data)]]
            return [reader.read({"slices": [[name, begin, end]]})[0] for begin, end in slices]

    def test_a_text_column_is_text_in_every_slice(self):
        text = "id,name\n1,abc\n2,007\n3,008\n"
        frames = self.read(text, [[8, 14], [14, len(text)]])
        self.assertEqual(list(frames[1]["name"]), ["007", "008"])
        self.assertEqual(list(frames[1]["id"]), [2, 3])

    def test_types_do_not_depend_on_which_file_was_read_first(self):
        with tempfile.TemporaryDirectory() as root:
            for name, rows in (("a.csv", "001\n002\n"), ("b.csv", "x1\n003\n")):
                with open(os.path.join(root, name), "w") as file:
                    file.write("code\n" + rows)
            slices = {"a.csv": ["a.csv", 5, 13], "b.csv": ["b.csv", 8, 12]}
            for first, expected in (("a.csv", [1, 2, 3]), ("b.csv", ["001", "002", "003"])):
                for order in (["a.csv", "b.csv"], ["b.csv", "a.csv"]):
                    table = {"read": {"header": "all_files_same_headers"}, "header_row": "code", "first_file": first, "transformations": []}
                    reader = tables.TableReader(dict(table=table, root=root, tableFormat="Delimited", mixedTypes=False))
                    read = {name: list(reader.read({"slices": [slices[name]]})[0]["code"]) for name in order}
                    self.assertEqual(read["a.csv"] + read["b.csv"], expected)

    def test_a_slice_of_blank_lines_has_no_rows(self):
        self.assertEqual(len(self.read("id,name\n\n\n", [[8, 10]])[0]), 0)

    def test_without_a_header_columns_are_numbered(self):
        frame, = self.read("1,a\n2,b\n", read={"header": "no_header"}, header=None)
        self.assertEqual(list(frame.columns), ["Column1", "Column2"])

    def test_utf16_is_read_by_its_mark(self):
        text = "\ufeffid,name\n1,\u00e9\n"
        begin = len("\ufeffid,name\n".encode("utf-16-le"))
        frame, = self.read(text, [[begin, len(text.encode("utf-16-le"))]], read={"encoding": "utf16"}, encoding="utf-16-le")
        self.assertEqual(list(frame["name"]), ["\u00e9"])

    def test_bytes_that_are_no_utf8_are_told_once_with_their_place(self):
        with self.assertLogs("sheaf", "WARNING") as told:
            frames = self.read("id,name\n1,K\u00f6ln\n2,K\u00f6ln\n", [[8, 15], [15, 22]], encoding="latin-1")
        self.assertEqual([list(frame["name"]) for frame in frames], [["K\ufffdln"], ["K\ufffdln"]])
        self.assertEqual(len(told.output), 1)
        self.assertIn("t.csv is not UTF-8 (byte 11)", told.output[0])

    def test_transformations_act_in_their_order(self):
        frame, = self.read("id,name\n1,a\n2,b\n3,c\n", transformations=[
            {"filter": 'col("id") > 1'}, {"convert_column_types": [{"columns": ["id"], "column_type": "string"}]},
            {"drop_columns": ["name"]}])
        self.assertEqual(list(frame.columns), ["id"])
        self.assertEqual(list(frame["id"]), ["2", "3"])
        self.assertEqual(list(frame.index), [0, 1])

    def test_partition_columns_come_from_the_path(self):
        with tempfile.TemporaryDirectory() as root:
            os.makedirs(os.path.join(root, "12"))
            with open(os.path.join(root, "12", "a.csv"), "w") as file:
                file.write("id\n1\n")
            table = {"read": {"header": "all_files_same_headers"}, "header_row": "id",
                     "transformations": [{"extract_columns_from_partition_format": "{Store}/{f}.csv"}]}
            reader = tables.TableReader(dict(table=table, root=root, tableFormat="Delimited", mixedTypes=False))
            frame, items = reader.read({"slices": [["12/a.csv", 3, 5]]})
            self.assertEqual((list(frame["Store"]), items), (["12"], 1))

    def test_a_filter_runs_no_code(self):
        frame = pd.DataFrame({"x": [1]})
        for text in ("__import__('os').getcwd()", "col.__class__", "col('x').values", "open('f')", "lambda: 1"):
            with self.assertRaises(ValueError):
                filter_expression.FilterExpression(text).rows(frame)


class Previews(unittest.TestCase):
    def ask(self, start, line, **limits):
        with tempfile.TemporaryDirectory() as root:
            for name, data in start.pop("files").items():
                with open(os.path.join(os.fsencode(root), os.fsencode(name)), "wb") as file:
                    file.write(data)
            question = dict(dict(start=dict(start, root=root), line=line, rows=50, columns=100, letters=200), **limits)
            return preview.answer(question)

    def table(self, text, line, table=None, **limits):
        start = dict(miniBatchKind="Table", tableFormat="Delimited", mixedTypes=False, files={"t.csv": text},
                     table=dict({"read": {}, "transformations": [], "header_row": "id,name"}, **(table or {})))
        return self.ask(start, line, **limits)

    def test_files_are_named_as_in_the_plan(self):
        made = self.ask(dict(miniBatchKind="Files", files={"a.txt": b"12", "b\udcff": b""}), {"files": ["a.txt", "b\udcff", "gone"]})
        self.assertEqual((made["count"], made["rows"]), (3, [["a.txt", "2"], ["b\\xff", "0"], ["gone", None]]))

    def test_rows_of_json_may_differ_and_need_not_be_objects(self):
        made = self.ask(dict(miniBatchKind="JsonRows", files={"r": b'{"a": 1}\n{"a": "x", "b": null}\n7\n'}), {"slices": [["r", 0, 40]]})
        self.assertEqual(made["columns"], [["a", "int or str"], ["b", "null"], ["", "int"]])
        self.assertEqual(made["rows"], [["1", None, None], ["x", "null", None], [None, None, "7"]])

    @needs_pandas
    def test_a_table_shows_its_first_rows_and_what_is_missing(self):
        made = self.table(b"id,name\n1,x\n2,\n3,z\n", {"slices": [["t.csv", 8, 19]]}, rows=2)
        self.assertEqual(made["columns"], [["id", "int64"], ["name", "object"]])
        self.assertEqual((made["count"], made["rows"]), (3, [["1", "x"], ["2", None]]))

    @needs_pandas
    def test_wide_tables_and_long_cells_are_cut(self):
        made = self.table(b"id,name\n1," + b"x" * 300 + b"\n", {"slices": [["t.csv", 8, 312]]}, letters=5)
        self.assertEqual(made["rows"], [["1", "xxxxx\u2026"]])
        made = self.table(b"id,name\n1,x\n", {"slices": [["t.csv", 8, 12]]}, columns=1)
        self.assertEqual((made["columns"], made["rows"], made["moreColumns"]), ([["id", "int64"]], [["1"]], 1))

    @needs_pandas
    def test_what_reading_warns_of_is_told(self):
        made = self.table(b"id,name\n1,\xe9\n", {"slices": [["t.csv", 8, 12]]})
        self.assertEqual(len(made["notes"]), 1)
        self.assertIn("is not UTF-8", made["notes"][0])

    def test_an_exception_is_an_answer(self):
        made = self.ask(dict(miniBatchKind="JsonRows", files={"r": b"{no\n"}), {"slices": [["r", 0, 4]]})
        self.assertIn("JSONDecodeError", made["error"])
        made = self.ask(dict(miniBatchKind="JsonRows", files={}), {"slices": [["gone", 0, 4]]})
        self.assertIn("FileNotFoundError", made["error"])


class EntryScripts(unittest.TestCase):
    def test_a_second_parameter_is_the_context(self):
        def one(batch):
            return batch

        def two(batch, context):
            return batch

        def any_number(*everything):
            return everything

        class Bound:
            def one(self, batch):
                return batch

            def two(self, batch, context):
                return batch

        takes = [entry._takes_context(f) for f in (one, two, any_number, Bound().one, Bound().two)]
        self.assertEqual(takes, [False, True, True, False, True])

    def test_module_names(self):
        with tempfile.TemporaryDirectory() as folder:
            self.assertEqual(entry.module_name(folder, "sub/dir/embed.py"), "sub.dir.embed")
            self.assertEqual(entry.module_name(folder, "./iris.py"), "iris")
            self.assertEqual(entry.module_name(folder, "pkg.main"), "pkg.main")


if __name__ == "__main__":
    unittest.main(verbosity=1)
