# SPDX-License-Identifier: GPL-3.0-or-later
"""The `filter` transformation: `col("x") > 32 and col("y") == "UK"`, evaluated on a DataFrame without eval()."""

import ast
import operator

_COMPARE = {ast.Gt: operator.gt, ast.GtE: operator.ge, ast.Lt: operator.lt, ast.LtE: operator.le, ast.Eq: operator.eq,
            ast.NotEq: operator.ne}
_BINARY = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
           ast.Mod: operator.mod, ast.BitAnd: operator.and_, ast.BitOr: operator.or_}


class FilterExpression:
    """Parsed once; `rows(frame)` is a boolean Series. A form that is not listed here is a ValueError that shows it."""

    def __init__(self, text):
        self._text = text
        try:
            self._tree = ast.parse(text.strip(), mode="eval").body
        except SyntaxError as error:
            raise ValueError("the filter `%s` cannot be read: %s" % (text, error.msg)) from None

    def rows(self, frame):
        return self._value(self._tree, frame)

    def _wrong(self, node):
        part = ast.get_source_segment(self._text.strip(), node) if hasattr(ast, "get_source_segment") else "a part"
        return ValueError("the filter `%s` may not contain `%s`: col(\"name\"), constants, comparisons, arithmetic, and, or, not"
                          % (self._text, part))

    def _value(self, node, frame):
        if isinstance(node, ast.BoolOp):
            values = [self._value(value, frame) for value in node.values]
            result = values[0]
            for value in values[1:]:
                result = result & value if isinstance(node.op, ast.And) else result | value
            return result
        if isinstance(node, ast.UnaryOp):
            value = self._value(node.operand, frame)
            if isinstance(node.op, (ast.Not, ast.Invert)):
                return ~value
            if isinstance(node.op, ast.USub):
                return -value
        if isinstance(node, ast.BinOp) and type(node.op) in _BINARY:
            return _BINARY[type(node.op)](self._value(node.left, frame), self._value(node.right, frame))
        if isinstance(node, ast.Compare):
            return self._comparison(node, frame)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "col" and len(node.args) == 1:
            name = self._value(node.args[0], frame)
            if name not in frame.columns:
                raise ValueError("the filter names the column '%s'; there are: %s" % (name, ", ".join(map(str, frame.columns))))
            return frame[name]
        if isinstance(node, ast.Constant):
            return node.value
        raise self._wrong(node)

    def _comparison(self, node, frame):
        left = self._value(node.left, frame)
        result = None
        for sign, right_node in zip(node.ops, node.comparators):
            right = self._value(right_node, frame)
            if right is None and isinstance(sign, (ast.Eq, ast.Is)):
                one = left.isna()
            elif right is None and isinstance(sign, (ast.NotEq, ast.IsNot)):
                one = left.notna()
            elif type(sign) in _COMPARE:
                one = _COMPARE[type(sign)](left, right)
            else:
                raise self._wrong(node)
            result = one if result is None else result & one
            left = right
        return result
